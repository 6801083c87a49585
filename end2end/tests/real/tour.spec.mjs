import { writeFile } from "node:fs/promises";
import { apiServer, getObject, kubeconfig, kubectl, names } from "../../support/clusters.mjs";
import { accessible, expect, test } from "../../support/console.mjs";
import { createByImage, createFromSeed, deleteFromList, integrate, open, row } from "../../support/tour.mjs";

test.describe.configure({ mode: "serial" });

for (const name of names) {
  test(`${name}: integrated by pasting its kubeconfig`, async ({ page }) => {
    await integrate(page, name, kubeconfig(name), () => accessible(page));
    await expect(row(page, name)).toContainText("3/3");
    const binding = await getObject(name, "clusterrolebinding", "binnacle-admins");
    expect(binding.subjects).toEqual([
      { apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "binnacle:admins" },
    ]);
  });

  test(`${name}: created by image, running, as entered, deleted`, async ({ page }) => {
    await createByImage(page, name, "tour-image");
    const object = await getObject(name, "statefulset", "tour-image", "-n", "default");
    expect(object.spec.replicas).toBe(2);
    expect(object.metadata.annotations["binnacle.dev/description"]).toBe("Made by a test");
    const containers = object.spec.template.spec.containers;
    expect(containers.map((/** @type {any} */ one) => one.image)).toEqual(["nginx:1.29", "busybox:1.37"]);
    expect(containers[1].name).toBe("sidecar");
    expect(containers[0].resources.limits).toEqual({ cpu: "250m", memory: "512Mi" });
    await deleteFromList(page, name, "tour-image");
    expect(await getObject(name, "statefulset", "tour-image", "-n", "default")).toBeUndefined();
  });

  test(`${name}: the seed's sample pasted raw, repaired, created, deleted`, async ({ page }) => {
    await createFromSeed(page, name, "default");
    const object = await getObject(name, "statefulset", "test-mysql-123-mysql", "-n", "default");
    expect(object.metadata.ownerReferences).toBeUndefined();
    const pod = object.spec.template.spec;
    expect(pod.initContainers.map((/** @type {any} */ one) => one.name)).toEqual(["init"]);
    expect(pod.containers.map((/** @type {any} */ one) => one.name)).toEqual([
      "mysql",
      "sidecar",
      "metrics-exporter",
      "pt-heartbeat",
    ]);
    expect(pod.containers[0].lifecycle.preStop).toBeTruthy();
    await deleteFromList(page, name, "test-mysql-123-mysql");
    expect(await getObject(name, "statefulset", "test-mysql-123-mysql", "-n", "default")).toBeUndefined();
  });
}

/**
 * Creates a StatefulSet of no pods with kubectl; one that is there stays.
 * @param {string} cluster
 * @param {string} namespace
 * @param {string} name
 */
async function createStopped(cluster, namespace, name) {
  const manifest = JSON.stringify({
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name, namespace },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: "c", image: "nginx" }] } },
    },
  });
  const file = test.info().outputPath(`${name}.json`);
  await writeFile(file, manifest);
  await kubectl(cluster, "apply", "-f", file);
}

test("what others change is seen within a second", async ({ page }) => {
  await kubectl("newest", "create", "namespace", "live").catch(() => "");
  await open(page, "/clusters/newest/statefulsets?namespace=live");
  await expect(page.getByText("No StatefulSets here yet").or(page.getByText("Nothing matches"))).toBeVisible();
  await createStopped("newest", "live", "seen");
  await expect(row(page, "seen")).toContainText("Stopped", { timeout: 3_000 });
  await kubectl("newest", "scale", "statefulset", "seen", "-n", "live", "--replicas=1");
  await expect(row(page, "seen")).toContainText("1/1", { timeout: 15_000 });
  await kubectl("newest", "delete", "statefulset", "seen", "-n", "live");
  await expect(row(page, "seen")).toHaveCount(0);
});

for (const stop of /** @type {const} */ (["pause", "kill"])) {
  test(`an API server that is ${stop === "pause" ? "held still" : "killed"} costs its own row, and recovers`, async ({
    page,
  }) => {
    await createStopped("older", "default", "kept");
    await open(page, "/clusters/older/statefulsets");
    await expect(row(page, "kept")).toContainText("Stopped");
    await open(page, "/clusters");
    await expect(row(page, "older")).toContainText("Running");
    await apiServer(stop, "older");
    try {
      await expect(row(page, "older")).toContainText("Unknown", { timeout: 10_000 });
      await expect(row(page, "older").locator(".badge-status")).toHaveAttribute("data-tip", /\S/);
      await expect(row(page, "newest")).toContainText("Running");
      await open(page, "/clusters/older/statefulsets");
      await expect(page.getByText("Stale").first()).toBeVisible();
      const kept = row(page, "kept").locator(".badge-status");
      await expect(kept).toContainText("Stopped, last seen");
      await expect(kept).toHaveAttribute("data-tip", /What you see is .* old/);
      const begun = Date.now();
      await open(page, "/clusters/newest/statefulsets");
      expect(Date.now() - begun).toBeLessThan(5_000);
    } finally {
      await apiServer(stop === "pause" ? "resume" : "restart", "older");
    }
    await open(page, "/clusters");
    await expect(row(page, "older")).toContainText("Running", { timeout: 60_000 });
  });
}

test("removed by typing its name; nothing in it is touched", async ({ page }) => {
  await open(page, "/clusters");
  await row(page, "older").getByRole("button", { name: "Actions for older" }).click();
  await page.getByRole("menuitem", { name: "Remove cluster" }).click();
  const dialog = page.getByRole("dialog");
  const remove = dialog.getByRole("button", { name: "Remove cluster" });
  await expect(remove).toHaveAttribute("aria-disabled", "true");
  await dialog.getByRole("textbox").fill("older");
  await remove.click();
  await expect(row(page, "older")).toHaveCount(0);
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
  expect(await kubectl("older", "get", "namespace", "default", "-o", "name")).toContain("namespace/default");
});
