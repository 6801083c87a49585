// The YAML editor as it is typed in.
import { expect, test } from "../../support/console.mjs";
import { fillEditor, open } from "../../support/tour.mjs";

test("typing over a selection of coloured text breaks no rule of the page, and is undone", async ({ page }) => {
  await open(page, "/clusters/harbor-staging/create-yaml");
  const text = page.locator(".cm-content");
  const before = 'kind: ConfigMap # coloured\nmetadata:\n  name: "over"';
  for (const typed of ["a", "kind: Secret"]) {
    await fillEditor(page, before);
    await expect(text).toContainText("# coloured");
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type(typed);
    await expect(text).toHaveText(typed);
    await expect(text.locator("[style]")).toHaveCount(0);
    await page.keyboard.press("ControlOrMeta+z");
    await expect(text).toContainText("# coloured");
  }
  // A part of a line: from the end of the last one to its beginning.
  await page.keyboard.press("ControlOrMeta+End");
  await page.keyboard.press("Shift+Home");
  await page.keyboard.type("b: 2");
  await expect(text).toContainText("b: 2");
  await expect(text).not.toContainText("over");
});
