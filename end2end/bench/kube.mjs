// A small client of the API server by an admin kubeconfig with inline certificates, keeping its connection.
import http from "node:http";
import https from "node:https";

/**
 * @param {string} kubeconfig
 */
export function connect(kubeconfig) {
  const value = (/** @type {string} */ key) => new RegExp(`${key}:\\s*"?([^"\\s]+)"?`).exec(kubeconfig)?.[1] ?? "";
  const data = (/** @type {string} */ key) => Buffer.from(value(key), "base64");
  const agent = new https.Agent({
    keepAlive: true,
    ca: data("certificate-authority-data"),
    cert: data("client-certificate-data"),
    key: data("client-key-data"),
  });
  const server = value("server");

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @param {string} [type]
   * @returns {Promise<{ status: number, text: string }>}
   */
  function call(method, path, body, type = "application/json") {
    return new Promise((resolve, reject) => {
      const request = https.request(`${server}${path}`, { method, agent, headers: { "content-type": type } }, (answer) => {
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (chunk) => (text += chunk));
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
      });
      request.on("error", reject);
      request.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  return {
    /** @param {string} path */
    get: (path) => call("GET", path),
    /**
     * Creates; an object that is there already is fine.
     * @param {string} path
     * @param {unknown} body
     */
    async post(path, body) {
      const { status, text } = await call("POST", path, body);
      if (status >= 300 && status !== 409) {
        throw new Error(`POST ${path}: ${status} ${text}`);
      }
    },
    /**
     * @param {string} path
     * @param {unknown} body
     */
    async patch(path, body) {
      const { status, text } = await call("PATCH", path, body, "application/strategic-merge-patch+json");
      if (status >= 300) {
        throw new Error(`PATCH ${path}: ${status} ${text}`);
      }
    },
    /**
     * How many objects a collection holds.
     * @param {string} path
     */
    async count(path) {
      const { text } = await call("GET", `${path}?limit=1`);
      const list = JSON.parse(text);
      return { total: list.items.length + (list.metadata.remainingItemCount ?? 0) };
    },
    /**
     * Bytes of a body as they travel, not decompressed.
     * @param {string} origin
     * @param {string} path
     * @param {Record<string, string>} headers
     * @param {string} [body]
     * @returns {Promise<number>}
     */
    wire(origin, path, headers, body) {
      return new Promise((resolve, reject) => {
        const request = http.request(`${origin}${path}`, { method: body ? "POST" : "GET", headers }, (answer) => {
          let bytes = 0;
          answer.on("data", (/** @type {Buffer} */ chunk) => (bytes += chunk.length));
          answer.on("end", () => resolve(bytes));
        });
        request.on("error", reject);
        request.end(body);
      });
    },
  };
}
