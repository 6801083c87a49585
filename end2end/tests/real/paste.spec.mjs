// Manifests with one class of defect each, as people paste them: repaired by a click, created, and what
// kubectl then reads is what was meant. What the doctor does with every class is in crates/model/tests.
import { getObject, kubeconfig, kubectl } from "../../support/clusters.mjs";
import { expect, test } from "../../support/console.mjs";
import { fillEditor, integrate, open } from "../../support/tour.mjs";

test.describe.configure({ mode: "serial" });

/** The cluster's name in the console, beside the tour's own. */
const cluster = "paste";

/**
 * @typedef {object} Case
 * @property {string} title
 * @property {string} kind
 * @property {string} name
 * @property {string} text
 * @property {(object: any) => unknown} read what was meant, out of the object
 * @property {unknown} meant
 */

/**
 * A StatefulSet without pods, whose text the defect is put into.
 * @param {string} name
 * @param {string} container lines of its one container, beginning with `- name`
 * @param {string} [spec] further lines of its spec
 */
const set = (name, container, spec = "") => `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: ${name}
spec:
  replicas: 0
  serviceName: ${name}
${spec}  selector:
    matchLabels:
      app: ${name}
  template:
    metadata:
      labels:
        app: ${name}
    spec:
      containers:
${container}`;

const first = (/** @type {any} */ object) => object.spec.template.spec.containers[0];

/** @type {Case[]} */
const cases = [
  {
    title: "a space lost after a dash and a colon",
    kind: "statefulset",
    name: "p-space",
    text: set("p-space", "        -name: web\n          image:nginx:1.29\n"),
    read: (object) => first(object).image,
    meant: "nginx:1.29",
  },
  {
    title: "tabs for indentation",
    kind: "configmap",
    name: "p-tabs",
    text: "apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: p-tabs\ndata:\n\ta: b # kept\n",
    read: (object) => object.data,
    meant: { a: "b" },
  },
  {
    title: "smart quotes and non-breaking spaces",
    kind: "configmap",
    name: "p-quotes",
    text: "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name:\u00a0p-quotes\ndata:\n  a: “on”\n",
    read: (object) => object.data,
    meant: { a: "on" },
  },
  {
    title: "numbers and booleans where text belongs",
    kind: "configmap",
    name: "p-types",
    text: "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: p-types\ndata:\n  port: 8080\n  version: 1.10\n  debug: yes\n",
    read: (object) => object.data,
    meant: { port: "8080", version: "1.10", debug: "yes" },
  },
  {
    title: "a removed API version",
    kind: "statefulset",
    name: "p-version",
    text: set("p-version", "        - name: web\n          image: nginx\n").replace("apps/v1", "apps/v1beta2"),
    read: (object) => object.apiVersion,
    meant: "apps/v1",
  },
  {
    title: "a misspelt field",
    kind: "statefulset",
    name: "p-field",
    text: set("p-field", "        - name: web\n          image: nginx\n          imagePullPolcy: Always\n"),
    read: (object) => first(object).imagePullPolicy,
    meant: "Always",
  },
  {
    title: "two keys on one line",
    kind: "statefulset",
    name: "p-glued",
    text: set(
      "p-glued",
      "        - name: web\n          image: nginx\n          lifecycle:preStop:\n            exec:\n              command: [sleep, \"5\"]\n",
    ),
    read: (object) => first(object).lifecycle.preStop.exec.command,
    meant: ["sleep", "5"],
  },
  {
    title: "lines on uneven columns",
    kind: "statefulset",
    name: "p-indent",
    text: set("p-indent", "        - name: web\n           image: nginx\n          args:\n          - a\n"),
    read: (object) => first(object).args,
    meant: ["a"],
  },
  {
    title: "a quantity in another notation",
    kind: "statefulset",
    name: "p-quantity",
    text: set(
      "p-quantity",
      "        - name: web\n          image: nginx\n          resources:\n            limits:\n              memory: 512MB\n",
    ),
    read: (object) => first(object).resources.limits.memory,
    meant: "512M",
  },
  {
    title: "a key given twice",
    kind: "configmap",
    name: "p-twice",
    text: "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: p-twice\ndata:\n  a: b\n  a: b\n",
    read: (object) => object.data,
    meant: { a: "b" },
  },
];

test("the cluster is integrated", async ({ page }) => {
  await integrate(page, cluster, kubeconfig("newest"));
  await kubectl("newest", "create", "namespace", "paste").catch(() => "");
});

for (const { title, kind, name, text, read, meant } of cases) {
  test(`${title}: repaired by a click and created`, async ({ page }) => {
    await open(page, `/clusters/${cluster}/create-yaml?namespace=paste`);
    await fillEditor(page, text);
    await page.getByRole("button", { name: "Repair all" }).click();
    await expect(page.getByText("No problems found in the text")).toBeVisible();
    await page.getByRole("button", { name: "Check with the cluster" }).click();
    await expect(page.getByText("Accepted")).toBeVisible();
    await page.getByRole("button", { name: "OK", exact: true }).click();
    await expect(page.getByText("The object was created").first()).toBeVisible();
    expect(read(await getObject("newest", kind, name, "-n", "paste"))).toEqual(meant);
  });
}
