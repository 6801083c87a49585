// Very many small API servers in one process: each answers what the console asks of a healthy cluster, and
// dies and comes back on command. `fleet.mjs` starts it and speaks to it by messages.
import { readFileSync } from "node:fs";
import https from "node:https";

const count = Number(process.argv[2]);
const pair = { cert: readFileSync(process.argv[3] ?? ""), key: readFileSync(process.argv[4] ?? "") };

/**
 * @typedef {object} Cluster
 * @property {import("node:https").Server} server
 * @property {number} port
 * @property {boolean} silent takes requests and answers none
 * @property {Set<import("node:stream").Duplex>} sockets
 */

/** @type {Cluster[]} */
const clusters = [];
for (let index = 0; index < count; index += 1) {
  clusters.push(await start(index));
}
process.send?.({ ports: clusters.map(({ port }) => port) });
process.on("message", async (/** @type {{ kill?: number, revive?: boolean }} */ message) => {
  if (message.kill !== undefined) {
    // Half of the dead refuse connections, half keep them and say nothing.
    clusters.slice(0, message.kill).forEach((cluster, index) => (index % 2 ? close(cluster) : (cluster.silent = true)));
  } else if (message.revive) {
    await Promise.all(clusters.map(revive));
  }
  process.send?.({ done: true });
});
process.on("disconnect", () => process.exit());

/**
 * @param {number} index
 * @returns {Promise<Cluster>}
 */
async function start(index) {
  /** @type {Cluster} */
  const cluster = {
    server: https.createServer(pair, (request, response) => {
      if (!cluster.silent) {
        answer(index, request, response);
      }
    }),
    port: 0,
    silent: false,
    sockets: new Set(),
  };
  cluster.server.on("connection", (socket) => {
    cluster.sockets.add(socket);
    socket.once("close", () => cluster.sockets.delete(socket));
  });
  await listen(cluster);
  const address = cluster.server.address();
  cluster.port = typeof address === "object" && address ? address.port : 0;
  return cluster;
}

/** @param {Cluster} cluster */
function listen(cluster) {
  return new Promise((resolve) => cluster.server.listen(cluster.port, "127.0.0.1", () => resolve(undefined)));
}

/** @param {Cluster} cluster */
function close(cluster) {
  cluster.server.close();
  cluster.sockets.forEach((socket) => socket.destroy());
}

/** @param {Cluster} cluster */
async function revive(cluster) {
  if (cluster.silent) {
    cluster.silent = false;
    cluster.sockets.forEach((socket) => socket.destroy());
  }
  if (!cluster.server.listening) {
    await listen(cluster);
  }
}

/**
 * @param {number} index
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} response
 */
function answer(index, request, response) {
  const url = new URL(request.url ?? "/", "https://fleet");
  request.resume();
  response.setHeader("content-type", "application/json");
  if (url.searchParams.get("watch")) {
    // Nothing changes in a fleet.
    response.flushHeaders();
    return;
  }
  const body = object(index, url.pathname);
  response.statusCode = body ? (request.method === "POST" ? 201 : 200) : 404;
  response.end(JSON.stringify(body ?? { kind: "Status", code: 404, reason: "NotFound", message: "not found" }));
}

/**
 * @param {number} index
 * @param {string} path
 */
function object(index, path) {
  const rbac = "rbac.authorization.k8s.io";
  switch (path) {
    case "/version":
      return { major: "1", minor: "37", gitVersion: "v1.37.2" };
    case "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews":
      return { status: { allowed: true } };
    case "/apis/authentication.k8s.io/v1/selfsubjectreviews":
      return { status: { userInfo: { username: "bench" } } };
    case "/api/v1/namespaces/kube-system":
      return { metadata: { name: "kube-system", uid: `fleet-${index}` } };
    case `/apis/${rbac}/v1/clusterrolebindings/binnacle-admins`:
      return {
        roleRef: { apiGroup: rbac, kind: "ClusterRole", name: "cluster-admin" },
        subjects: [{ apiGroup: rbac, kind: "Group", name: "binnacle:admins" }],
      };
    case "/api/v1/namespaces":
      return list(["default", "kube-system"], (name) => ({ metadata: { ...meta(index, name), namespace: undefined }, status: { phase: "Active" } }));
    case "/api/v1/nodes":
      return list(numbered("node", 3), (name) => ({
        metadata: { ...meta(index, name), namespace: undefined },
        status: {
          allocatable: { cpu: "8", memory: "32Gi", pods: "110" },
          conditions: [{ type: "Ready", status: "True", reason: "KubeletReady" }],
          nodeInfo: { kubeletVersion: "v1.37.2" },
        },
      }));
    case "/apis/apps/v1/statefulsets":
      return list(numbered("web", 50), (name) => ({
        metadata: { ...meta(index, name), generation: 1 },
        spec: { replicas: 0, template: { spec: { containers: [{ name: "app", image: "registry.example.org/team/app:v1" }] } } },
        status: { observedGeneration: 1, replicas: 0 },
      }));
    case "/api/v1/pods":
    case "/apis/apps/v1/deployments":
    case "/apis/apps/v1/daemonsets":
      return list([], () => ({}));
    default:
      return undefined;
  }
}

/**
 * @param {string} stem
 * @param {number} length
 */
function numbered(stem, length) {
  return Array.from({ length }, (_, number) => `${stem}-${String(number).padStart(2, "0")}`);
}

/**
 * @param {string[]} names
 * @param {(name: string) => object} one
 */
function list(names, one) {
  return { metadata: { resourceVersion: "1" }, items: names.map(one) };
}

/**
 * @param {number} index
 * @param {string} name
 */
function meta(index, name) {
  return { name, namespace: "default", uid: `${index}-${name}`, resourceVersion: "1", creationTimestamp: "2026-01-01T00:00:00Z" };
}
