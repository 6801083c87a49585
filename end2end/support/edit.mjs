// Another person at the same object, for tests of editing: through the console's own endpoints, as its pages
// call them.

/**
 * @typedef {import("@playwright/test").Page} Page
 * @typedef {{ cluster: string, apiVersion: string, kind: string, namespace: string, name: string }} Target
 */

/**
 * The StatefulSet with a name in the default namespace.
 * @param {string} cluster
 * @param {string} name
 * @returns {Target}
 */
export function set(cluster, name) {
  return { cluster, apiVersion: "apps/v1", kind: "StatefulSet", namespace: "default", name };
}

/**
 * The address of the page that edits it.
 * @param {Target} target
 */
export function editPath({ cluster, namespace, name }) {
  return `/clusters/${cluster}/statefulsets/${namespace}/${name}/edit-yaml`;
}

/**
 * A StatefulSet that has no pods: nothing but its writers changes it.
 * @param {Target} target
 */
export function quiet({ apiVersion, kind, namespace, name }) {
  const labels = { app: name };
  return {
    apiVersion,
    kind,
    metadata: { name, namespace, labels },
    spec: {
      replicas: 0,
      serviceName: name,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: "web", image: "nginx:1.29" }] } },
    },
  };
}

/**
 * Calls a server function from a page of the console.
 * @param {Page} page
 * @param {string} name
 * @param {object} args
 * @returns {Promise<any>}
 */
export async function call(page, name, args) {
  const { status, text } = await page.evaluate(
    async ([path, body]) => {
      const headers = { "content-type": "application/json", accept: "application/json" };
      const response = await fetch(path, { method: "POST", headers, body });
      return { status: response.status, text: await response.text() };
    },
    /** @type {const} */ ([`/api/${name}`, JSON.stringify(args)]),
  );
  if (status !== 200) {
    throw new Error(`${name}: ${status} ${text}`);
  }
  return JSON.parse(text);
}

/**
 * Creates a StatefulSet without pods. The page has to be one of the console.
 * @param {Page} page
 * @param {Target} target
 */
export async function create(page, target) {
  await call(page, "objects/create", { cluster: target.cluster, object: quiet(target) });
}

/**
 * What is live, as the editor gets it.
 * @param {Page} page
 * @param {Target} target
 * @returns {Promise<{ text: string, base: any }>}
 */
export async function live(page, target) {
  return await call(page, "edit/open", { target });
}

/**
 * Changes the live text, as somebody else would.
 * @param {Page} page
 * @param {Target} target
 * @param {(text: string) => string} change
 */
export async function changeElsewhere(page, target, change) {
  const { text, base } = await live(page, target);
  const outcome = await call(page, "edit/save", { edit: { target, base, text: change(text), choices: [] } });
  if (!outcome.saved) {
    throw new Error(`not saved: ${JSON.stringify(outcome)}`);
  }
}

/**
 * Deletes the live object.
 * @param {Page} page
 * @param {Target} target
 */
export async function remove(page, target) {
  const { base } = await live(page, target);
  await call(page, "objects/delete", { target, uid: base.metadata.uid });
}
