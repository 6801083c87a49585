import { accessible, expect, test } from "../../support/console.mjs";
import { open, row } from "../../support/tour.mjs";

test("clusters are in the first HTML, and the dead one says why", async ({ page }) => {
  const html = await (await page.request.get("/clusters")).text();
  expect(html).toContain("harbor-prod");
  await open(page, "/clusters");
  await expect(row(page, "harbor-prod")).toContainText("Running");
  const dead = row(page, "reef-dr");
  await expect(dead).toContainText(/Unknown|Integrating/);
  await accessible(page);
});

test("name, alias and badge of a cluster are whole where there is room", async ({ page }) => {
  await open(page, "/clusters");
  const cut = () =>
    page.locator(".name-line > *").evaluateAll((parts) =>
      parts.filter((part) => part.scrollWidth > part.clientWidth && part.clientWidth > 0).map((part) => part.textContent),
    );
  await expect(row(page, "harbor-prod").getByText("Sandbox")).toBeVisible();
  // The widest numbers come with the first answers.
  await expect(row(page, "harbor-prod").getByRole("meter").first()).toBeVisible();
  expect(await cut()).toEqual([]);
});

test("search, status and order are in the address", async ({ page }) => {
  await open(page, "/clusters");
  await page.getByRole("search").getByRole("textbox").fill("staging");
  await page.waitForURL(/q=staging/);
  await expect(page.getByRole("row")).toHaveCount(2);
  await page.reload();
  await expect(page.getByRole("row")).toHaveCount(2);
});

test("a cluster's page shows identity, capacity and nodes", async ({ page }) => {
  await open(page, "/clusters/harbor-prod");
  await expect(page.getByRole("heading", { name: "harbor-prod" })).toBeVisible();
  await expect(page.getByRole("table", { name: "Nodes" })).toBeVisible();
  await accessible(page);
});

test("the integrate form refuses what would run programs, by name", async ({ page }) => {
  await open(page, "/clusters/integrate");
  await page.getByLabel(/^Kubeconfig/).fill(`apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://127.0.0.1:1", certificate-authority-data: ""}}]
users: [{name: u, user: {exec: {command: /bin/evil, apiVersion: client.authentication.k8s.io/v1}}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
`);
  await expect(page.getByText(/exec/).first()).toBeVisible();
  // The way to one that is taken stands beside it, ready to copy.
  await expect(page.getByText(/create serviceaccount binnacle/).filter({ visible: true }).first()).toBeVisible();
  await expect(page.getByRole("button", { name: "OK", exact: true })).toHaveAttribute("aria-disabled", "true");
  await accessible(page);
});
