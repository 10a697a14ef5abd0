// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

/**
 * The graph document, as `docs/formats/graph-json.md` describes it, and lookups in it. Pure.
 *
 * @typedef {{count: number, sum: number, min: number, max: number, p50: number, p90: number, p95: number, p99: number,
 *   buckets?: [number, number][]}} Histogram
 * @typedef {{sent: number, received: number}} Directional
 * @typedef {{ok: number, clientError: number, serverError: number,
 *   unanswered: {clientGaveUp: number, serverClosed: number, timedOut: number}}} Outcomes
 * @typedef {{operation: string, requests: number, outcomes: Outcomes, latency: Partial<Histogram>}} Operation
 * @typedef {{protocol: string, requests: number, started: number, inFlight: number, outcomes: Outcomes,
 *   statuses: Record<string, number>, latency: Partial<Histogram>, serverTime: Partial<Histogram>,
 *   recognized?: number, session?: number, messages?: Directional, streamDuration?: Partial<Histogram>, operations?: Operation[], [key: string]: any}} ProtocolMetrics
 * @typedef {{id: string, kind: string, name: string, namespace?: string, box?: string, identifiedBy: string,
 *   workloadKind?: string, inferred?: boolean, members?: number, addresses?: string[]}} GraphNode
 * @typedef {{id: string, client: string, server: string, port: number, transport: string, direction: string,
 *   health: string, protocol?: string, requests: number, started: number, inFlight: number, rate?: number, bytesPerSecond?: number, isBound?: boolean,
 *   errorRate?: number, failedConnectRate?: number, failedTLSRate?: number, observedSeconds?: number,
 *   dialled: {id: string, port: number, connections: number}[], connections: Record<string, number>,
 *   bytes: Directional, packets: Directional, retransmitted: Directional, outOfOrder?: Directional,
 *   zeroWindow?: Directional, connectTime: Partial<Histogram>, initialRtt: Partial<Histogram>,
 *   rtt: Partial<Histogram>, latency?: Partial<Histogram>, serverTime?: Partial<Histogram>,
 *   tlsHandshakes: {attempted: number, completed: number, resumed?: number, failed: Record<string, number>,
 *     handshakeTime?: Partial<Histogram>},
 *   protocols: ProtocolMetrics[]}} GraphEdge
 * @typedef {{frames: number, metered: number, duplicate: number, translated: number, notMetered: number,
 *   filtered: number, undecodable?: Record<string, number>, losses?: Record<string, number>}} Coverage
 * @typedef {{version: number, from: string, to: string, observedSeconds?: number, level: string,
 *   healthPolicy?: {degradedRate: number, failingRate: number, minimumFailures: number},
 *   nodes: GraphNode[], edges: GraphEdge[], coverage?: Coverage,
 *   omitted?: {edges: number, nodes: number, absent: number, failed: number, undecided?: number},
 *   found?: {edges: string[], nodes: string[]}}} Graph
 */

/** A graph with its lookups. */
export class Model {
  /** @param {Graph} graph @param {string} [boxes] what has boxes: `namespace`, `none`, `label:KEY` */
  constructor(graph, boxes = "namespace") {
    this.graph = graph;
    /** The label that boxes are by; empty where they are namespaces. */
    this.boxLabel = boxes.startsWith("label:") ? boxes.slice(6) : "";
    /** @type {Map<string, GraphNode>} */
    this.nodes = new Map(graph.nodes.map((node) => [node.id, node]));
    /** @type {Map<string, GraphEdge>} */
    this.edges = new Map(graph.edges.map((edge) => [edge.id, edge]));
    this.served = gathered(graph.edges, "server");
    this.called = gathered(graph.edges, "client");
  }

  /** A node's name as people say it: with its namespace where that is not the name. @param {string} id */
  name(id) {
    const node = this.nodes.get(id);
    if (!node) return id;
    return node.namespace && node.kind !== "namespace" ? `${node.namespace}/${node.name}` : node.name;
  }

  /** Edges whose server is this node. @param {string} id */
  inbound(id) {
    return this.served.get(id) ?? [];
  }

  /** Edges whose client is this node. @param {string} id */
  outbound(id) {
    return this.called.get(id) ?? [];
  }

  /** Edges between the same two ends the same way, on other ports or protocols: itself included. @param {GraphEdge} edge */
  parallels({ client, server }) {
    return this.graph.edges.filter((other) => other.client === client && other.server === server);
  }

  /** Edges between the two ends of a pair. @param {string} id */
  pair(id) {
    return this.graph.edges.filter((edge) => pairId(edge) === id);
  }

  /** The nodes and edges next to one, itself included. @param {import("./state.js").Selection["kind"]} kind @param {string} id */
  neighborhood(kind, id) {
    if (kind === "box") {
      const { nodes, within, into, out } = this.box(id);
      const edges = [...within, ...into, ...out];
      return { nodes: new Set([...nodes.map((node) => node.id), ...edges.flatMap((edge) => [edge.client, edge.server])]),
        edges: new Set(edges.map((edge) => edge.id)) };
    }
    const own = this.edges.get(id);
    const edges = kind === "pair" ? this.pair(id) : kind === "edge" ? (own ? [own] : []) : [...this.inbound(id), ...this.outbound(id)];
    const nodes = new Set(edges.flatMap((edge) => [edge.client, edge.server]));
    if (kind === "node") nodes.add(id);
    return { nodes, edges: new Set(edges.map((edge) => edge.id)) };
  }

  /** Nodes whose name, namespace or address contains a text. @param {string} text */
  find(text) {
    const wanted = text.trim().toLowerCase();
    if (wanted === "") return [];
    return this.graph.nodes.filter((node) =>
      [this.name(node.id), node.id, ...(node.addresses ?? [])].some((name) => name.toLowerCase().includes(wanted)))
      .sort((left, right) => severity(this.health(right.id)) - severity(this.health(left.id)));
  }

  /** The worst health of what a node serves. @param {string} id */
  health(id) {
    return this.inbound(id).reduce((worst, edge) => (severity(edge.health) > severity(worst) ? edge.health : worst), "unknown");
  }

  /** What the page calls a box of the picture: the namespace, or `KEY=VALUE`, which no namespace is called. @param {string} name on the picture */
  boxId(name) {
    return this.boxLabel === "" ? name : `${this.boxLabel}=${name}`;
  }

  /** The label and its value that a box is of; `null` where it is a namespace. @param {string} id */
  labelOf(id) {
    const at = id.indexOf("=");
    return at < 0 ? null : { key: id.slice(0, at), value: id.slice(at + 1) };
  }

  /** The nodes of a box, itself where it is one node, and the edges within, into and out of it. @param {string} id */
  box(id) {
    const label = this.labelOf(id);
    const nodes = this.graph.nodes.filter((node) => (label
      ? label.key === this.boxLabel && node.box === label.value : node.namespace === id || (node.kind === "namespace" && node.name === id)));
    const ids = new Set(nodes.map((node) => node.id));
    const within = this.graph.edges.filter((edge) => ids.has(edge.client) && ids.has(edge.server));
    const into = this.graph.edges.filter((edge) => !ids.has(edge.client) && ids.has(edge.server));
    const out = this.graph.edges.filter((edge) => ids.has(edge.client) && !ids.has(edge.server));
    return { nodes, within, into, out };
  }
}

/** What the page calls the two ends of an edge: what ids of edges begin with. @param {{client: string, server: string}} edge */
export function pairId({ client, server }) {
  return `${client}->${server}`;
}

/** Edges by the pair of their ends, in the order of the first of each. @param {GraphEdge[]} edges */
export function pairs(edges) {
  /** @type {Map<string, GraphEdge[]>} */
  const found = new Map();
  for (const edge of edges) {
    const key = JSON.stringify([edge.client, edge.server]);
    const list = found.get(key);
    if (list) list.push(edge);
    else found.set(key, [edge]);
  }
  return found;
}

/** Edges by the node at one end. @param {GraphEdge[]} edges @param {"client" | "server"} end */
function gathered(edges, end) {
  /** @type {Map<string, GraphEdge[]>} */
  const lists = new Map();
  for (const edge of edges) {
    const list = lists.get(edge[end]);
    if (list) list.push(edge);
    else lists.set(edge[end], [edge]);
  }
  return lists;
}

/** @param {string} health */
export function severity(health) {
  return ["unknown", "healthy", "degraded", "failing"].indexOf(health);
}

/** The times of all protocols together: the edge's own where served, else the busiest protocol's. @param {GraphEdge} edge */
export function latency(edge) {
  return edge.latency ?? edge.protocols.find((entry) => entry.protocol === edge.protocol)?.latency ?? {};
}

/** Requests by outcome, all protocols together, flat. @param {{outcomes: Outcomes}[]} parts */
export function outcomes(parts) {
  const sum = { ok: 0, clientError: 0, serverError: 0, clientGaveUp: 0, serverClosed: 0, timedOut: 0 };
  for (const { outcomes: part } of parts) {
    sum.ok += part.ok ?? 0;
    sum.clientError += part.clientError ?? 0;
    sum.serverError += part.serverError ?? 0;
    for (const cause of /** @type {const} */ (["clientGaveUp", "serverClosed", "timedOut"])) {
      sum[cause] += part.unanswered?.[cause] ?? 0;
    }
  }
  return sum;
}

/** Whether a protocol was recognized and nothing of it could be read. @param {ProtocolMetrics} metrics */
export function isOpaque(metrics) {
  const { messages, session, requests, started } = metrics;
  return (metrics.recognized ?? 0) > 0 && !requests && !started && !session && !messages?.sent && !messages?.received;
}

/** Attempts that failed. @param {GraphEdge} edge */
export function failedConnects(edge) {
  const counts = edge.connections;
  return (counts.refused ?? 0) + (counts.unanswered ?? 0) + (counts.unreachable ?? 0);
}
