// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.
// @ts-check

/** Every English sentence of the page, so that it can be read, checked and translated in one place. */
export const strings = {
  title: "svcmap",
  levels: {
    pod: "Pods", workload: "Workloads", service: "Services", namespace: "Namespaces", node: "Nodes",
  },
  labels: {
    summary: "Summary", rate: "Requests per second", errors: "Errors", p50: "Latency p50", p95: "Latency p95", p99: "Latency p99",
    serverTime: "Server time p95", rtt: "RTT p50", bytes: "Bytes per second", connects: "Failed connects",
  },
  groups: { "": "what the level says", namespace: "namespace", label: "value of a label…" },
  folds: {
    "": "folded as needed", none: "each on its own", domain: "names by domain", cidr: "and addresses by network",
    internet: "and the internet as one",
  },
  tops: { "": "no, all of them", 20: "20", 50: "50", 100: "100", 250: "250" },

  query: {
    filter: { label: "Only", placeholder: "edge.errorRate > 0.01", help: "Only edges that match this expression, and their ends" },
    hide: { label: "Hide", placeholder: 'edge.protocol == "dns"', help: "No edges that match this expression" },
    find: { label: "Mark", placeholder: "edge.latency.p99 > duration(\"250ms\")", help: "Marks what matches this expression, and leaves nothing out" },
    choices: "Ways to go on",
    /** @param {string} text */
    use: (text) => `Use ${text}`,
  },
  shown: {
    /** @param {string} name @param {number} depth */
    focus: (name, depth) => `Around ${name}, ${depth === 1 ? "1 step" : `${depth} steps`}`,
    nearer: "One step fewer", farther: "One step more", everything: "Show everything again",
    /** @param {number} edges @param {number} nodes */
    omitted: (edges, nodes) => `${edges} more ${edges === 1 ? "edge" : "edges"}${nodes > 0
      ? ` and ${nodes} ${nodes === 1 ? "node" : "nodes"}` : ""} left out`,
    /** @param {string} top */
    top: (top) => `The ${top} busiest edges and what fails`,
    more: "Show twice as many",
    /** @param {number} count */
    absent: (count) => `${count} ${count === 1 ? "edge" : "edges"} because the expression has no answer`,
    /** @param {number} count */
    undecided: (count) => `${count} ${count === 1 ? "edge stays" : "edges stay"}: what to hide has no answer`,
    /** @param {number} edges */
    found: (edges) => (edges === 0 ? "Nothing matches what to mark" : `${edges} ${edges === 1 ? "edge" : "edges"} marked`),
    /** @param {string} name */
    filter: (name) => `Only: ${name}`,
    /** @param {string} name */
    hide: (name) => `Hidden: ${name}`,
    remove: "Take away",
  },
  value: {
    title: "What to do with this value", only: "Show only this", without: "Hide this", mark: "Mark this", copy: "Copy",
    copied: "Copied", least: "Show only edges with at least this", below: "Hide edges with at least this", markLeast: "Mark edges with at least this",
  },
  layout: {
    kinds: { layered: "Layered", radial: "Radial", compact: "Compact" },
    about: { layered: "Callers left of what they call", radial: "Circles around the node with most neighbors", compact: "Close together, neighbors side by side" },
    boxes: { namespace: "namespaces", none: "nothing", label: "values of a label…" },
    /** @param {string} name */
    collapse: (name) => `Collapse ${name} to one node`,
    /** @param {string} name */
    open: (name) => `Open ${name} again`,
    noBoxes: "Only the layered arrangement has boxes.", noLabel: "Nothing on the map has this label, or one value of it.",
    apart: "Show each of these edges", together: "Gather these edges into one line",
    collapseIt: "Collapse to one node", openIt: "Open it",
  },
  exports: {
    svg: "SVG picture", dot: "DOT (Graphviz)", json: "JSON data", mmd: "Mermaid (Markdown)", csv: "CSV (spreadsheet)",
    graphml: "GraphML (yEd, Gephi)", png: "PNG picture", pdf: "PDF picture", note: "Exactly what is shown now.",
  },
  help: {
    title: "Keyboard", close: "Close",
    keys: [
      ["Tab, Enter", "go through the map, show details"], ["Arrow keys", "move the map"], ["+  −  0", "zoom in, zoom out, show all"],
      ["/", "go to a node by its name"], ["f", "filter by an expression"], ["h", "hide by an expression"], ["m", "mark by an expression"],
      ["t", "map or table"], ["e", "transactions"], ["l", "legend"], ["r", "arrange the map anew"], ["c", "collapse all namespaces, or open them"], ["[  ]", "range before, range after"], ["p", "play or pause a replay"], [",  .", "step of a replay back, forward"], ["g", "live, or stay"], ["Esc", "close details"], ["?", "this list"],
    ],
  },
  minimap: "Overview of the map; drag to move",
  windows: {
    "": "All data", "1m": "Last minute of data", "5m": "Last 5 minutes of data", "15m": "Last 15 minutes of data",
    "1h": "Last hour of data", "6h": "Last 6 hours of data", "24h": "Last day of data",
  },
  customWindow: "A range of its own",
  allNamespaces: "All namespaces",
  /** @param {number} count */
  namespaceCount: (count) => `${count} namespaces`,
  noNamespaces: "No namespaces are known yet. They come with an inventory.",
  theme: { auto: "Theme: as the system", light: "Theme: light", dark: "Theme: dark" },

  /** @param {string} from @param {string} to @param {string} length */
  range: (from, to, length) => `${from} – ${to} (${length})`,
  /** @param {string} seconds */
  observed: (seconds) => `observed for ${seconds}`,
  /** @param {number} nodes @param {number} edges */
  size: (nodes, edges) =>
    `${nodes} ${nodes === 1 ? "node" : "nodes"}, ${edges} ${edges === 1 ? "edge" : "edges"}`,

  figures: {
    requests: "requests", connect: "connect", connects: "connects", inFlight: "in flight", pending: "pending", open: "open",
    refused: "refused", unanswered: "unanswered", unreachable: "unreachable", handshakes: "TLS failed",
  },
  time: {
    /** @param {string} from @param {string} to */
    timeline: (from, to) => `Requests and errors from ${from} to ${to} UTC. Drag to choose a range, with Shift to choose one to compare with.`,
    /** @param {string} at @param {string} rate @param {string} requests @param {string} errors */
    told: (at, rate, requests, errors) => `${at} UTC · ${rate} · ${requests} requests · ${errors} errors`,
    /** @param {string} from @param {string} to @param {number} position @param {number} count */
    step: (from, to, position, count) => `${from}–${to} UTC (${position} of ${count})`,
    /** @param {string} value */
    speed: (value) => `${value}/s`,
    play: "Play", pause: "Pause", fault: "This is no range: two times such as 2026-11-22 09:00:00, the later one last.",
    stay: "New data appears by itself. Click to stay at what is shown now.", follow: "Back to the newest data",
  },
  compare: {
    title: "What changed", stop: "Compare no more", failed: "The comparison could not be loaded.", none: "No edge changed.",
    choices: { "": "nothing", before: "the range before", "1h": "an hour earlier", "24h": "a day earlier", "7d": "a week earlier" },
    exact: "another range", uncertain: "may be chance",
    baseUnwatched: "Nobody watched the range compared with: nothing is new or gone.",
    currentUnwatched: "Nobody watched the range shown: nothing is new or gone.",
    /** @param {string} from @param {string} to */
    with: (from, to) => `since ${from} – ${to} UTC`,
    /** @param {string} client @param {string} server */
    call: (client, server) => `${client} → ${server}`,
    /** @param {number} count */
    more: (count) => `and ${count} more`,
  },
  changes: {
    failing: { name: "failing", sign: "■" }, gone: { name: "gone", sign: "−" }, new: { name: "new", sign: "+" }, slower: { name: "slower", sign: "▲" },
    recovered: { name: "recovered", sign: "✓" }, faster: { name: "faster", sign: "▼" }, more: { name: "more", sign: "⇑" },
    less: { name: "less", sign: "⇓" }, same: { name: "the same", sign: "=" },
  },
  login: { wrong: "That is not the token of this server." },

  live: { live: "Live", polling: "Live", past: "Looking back", loading: "Loading…", stale: "Not reachable", paused: "Paused", refused: "Waiting" },
  liveTitle: {
    refused: "The server cannot read the question; nothing is asked until it is another one",
    live: "The server tells of new data",
    polling: "Asks for new data every 5 seconds",
    past: "What is shown is a fixed range; new data does not change it",
    loading: "Waiting for the server",
    stale: "The server does not answer; what you see is the last state it sent",
    paused: "Updates pause while this page is hidden",
  },

  invalid: {
    title: "The map cannot be made of this", action: "Take the expression away", all: "Show everything",
  },
  unmatched: {
    title: "No edge matches",
    text: "There is traffic in this time, but none of it is left.",
    filter: "Take the filter away", hide: "Hide nothing",
  },
  loading: { title: "Drawing the map", text: "The server reads the windows and lays out the picture." },
  empty: {
    title: "No traffic has been stored yet",
    text: "Read a capture file, with the objects of its cluster if you have them. The map appears here by itself.",
    commands: [
      "kubectl get pods,svc,endpoints,endpointslices,nodes -A -o json > objects.json",
      "svcmap import capture.pcap --inventory objects.json --store map.db",
    ],
  },
  nothing: {
    title: "Nothing to see in this selection",
    text: "There is data, but no call in this time and these namespaces.",
    action: "Show everything",
  },
  /** @param {string} nodes @param {string} edges */
  crowded: (nodes, edges) => `${nodes} workloads and ${edges} edges are too many for one map, so these are namespaces. `
    + "Choose one, a focus or only the busiest edges to see workloads.",
  tooLarge: { title: "Too much for one picture", action: "Show namespaces", busiest: "Show the 100 busiest edges", table: "Show as a table" },
  pictureFailed: { title: "The picture could not be drawn", action: "Try again", table: "Show as a table" },
  failed: {
    title: "The map could not be loaded", action: "Try again",
    unreachable: "The server does not answer. Is svcmap serve still running?",
    unreadable: "The server sent something this page cannot read. Page and server may be of different versions.",
  },
  stale: "The server does not answer. This is the last state it sent; the page keeps trying.",
  refusedPicture: "The picture held something a picture must not hold, so it was not shown.",

  search: {
    /** @param {number} count */
    found: (count) => (count === 0 ? "no match" : count === 1 ? "1 match" : `${count} matches`),
  },

  health: { healthy: "healthy", degraded: "degraded", failing: "failing", unknown: "not known" },
  kinds: {
    pod: "Pod", workload: "Workload", service: "Service", namespace: "Namespace", node: "Cluster node", group: "Group",
    domain: "Domain", ip: "Address", cidr: "Address range", internet: "Internet",
  },
  identifiedBy: {
    inventory: "the Kubernetes inventory", dns: "a DNS answer in the traffic", tls: "a TLS server name in the traffic",
    httpHost: "an HTTP Host header in the traffic", captureFile: "a name in the capture file",
    nothing: "nothing: the inventory does not know this address",
  },
  inferredIdentity: "inferred: the inventory did not cover this moment",
  direction: {
    observed: "seen: a handshake or the protocol shows who called",
    inferred: "inferred: the beginning was not captured, so ports and inventory decided",
  },

  /** @param {string} name @param {number} nodes */
  boxName: (name, nodes) => `${name.includes("=") ? "Box" : "Namespace"} ${name}: ${nodes} ${nodes === 1 ? "node" : "nodes"}`,
  /** @param {number} count @param {string} what */
  bundle: (count, what) => `${count} edges: ${what}`,
  /** @param {string} client @param {string} server @param {string} what @param {string} health */
  edgeName: (client, server, what, health) => `Edge: ${client} calls ${server}, ${what}, ${health}`,
  /** @param {string} kind @param {string} name @param {number} incoming @param {number} outgoing */
  nodeName: (kind, name, incoming, outgoing) =>
    `${kind} ${name}: called over ${incoming}, calls over ${outgoing} ${outgoing === 1 ? "edge" : "edges"}`,

  panel: {
    close: "Close details", calls: "calls", requests: "Requests", outcomes: "Outcomes", statuses: "Statuses",
    latency: "Latency", serverTime: "Server time", streamDuration: "Stream duration", operations: "Operations",
    connections: "Connections", tls: "TLS handshakes", traffic: "Traffic", dialled: "Dialled as", facts: "Facts",
    identity: "Identity", addresses: "Addresses", inbound: "Called by", outbound: "Calls", none: "None.",
    handshakeTime: "Handshake time", handshakeHelp: "first byte of the ClientHello to the end of the handshake",
    opaque: "Recognized, not readable", more: "Beside requests",
    opaqueHelp: "Encrypted or compressed: the protocol is known, its requests are not.",
    /** @param {number} count connections */
    on: (count) => `on ${count} ${count === 1 ? "connection" : "connections"}`,
    notMeasured: "Nothing measured.", protocols: "By protocol", times: "Network times",
    latencyHelp: "first byte of the request to last byte of the response",
    serverTimeHelp: "last byte of the request to first byte of the response",
    served: "What it answered", asked: "What it asked", focus: "Only its neighborhood", hide: "Hide it", command: "The same in a terminal",
    /** @param {number} count */
    parallel: (count) => `All ${count} edges between the two, together`,
    neighbors: "Next to it", members: "In it", into: "Called from outside", within: "Calls inside", out: "Calls to outside",
    onlyNamespace: "Only this namespace",
    servedSeries: "What it answered over time", askedSeries: "What it asked over time",
    labels: "Labels", noLabels: "None that all of it has alike.", pods: "Pods", selectedBy: "Selected by", detailsFailed: "This could not be loaded.",
    edgeFailed: "Histograms and operations could not be loaded.",
    /** @param {string} key */
    groupBy: (key) => `One node for each value of ${key}`,
    /** @param {string} key */
    boxBy: (key) => `A box for each value of ${key}`,
    /** @param {string} name */
    onNode: (name) => `on ${name}`,
    /** @param {string} address */
    history: (address) => `Whose ${address} was`,
    /** @param {string | undefined} from @param {string | undefined} to */
    validity: (from, to) => (from ? (to ? `${from} – ${to} UTC` : `since ${from} UTC`) : to ? `until ${to} UTC` : "as long as is known"),
    /** @param {string} source */
    by: (source) => `by ${source}`,
    /** @param {number} count */
    moreNeighbors: (count) => `and ${count} more`,
    gone: "What was selected is not on the map any more. It may come back with other settings.",
  },
  fields: {
    requests: "Requests", started: "Started", inFlight: "In flight at the end", rate: "Rate", errorRate: "Error rate",
    observedSeconds: "Observed", incomplete: "Cut short", earlyResponse: "Answered early", retries: "Retries",
    streaming: "Streaming", session: "Set-up commands", "messages.sent": "Messages to server",
    "messages.received": "Messages to client", resumed: "Resumed", attempted: "Attempted", established: "Established", refused: "Refused",
    unanswered: "Unanswered", unreachable: "Unreachable", answeredLate: "Answered late", reset: "Reset",
    closed: "Closed", open: "Open at the end", pending: "Pending at the end", icmpErrors: "ICMP errors",
    failedConnectRate: "Failed connects", failedTLSRate: "Failed handshakes", completed: "Completed", failed: "Failed",
    connectTime: "Connect time", initialRtt: "Handshake RTT", rtt: "RTT", bytes: "Bytes", packets: "Packets",
    retransmitted: "Retransmitted", outOfOrder: "Out of order", zeroWindow: "Zero window", port: "Server port",
    direction: "Direction", health: "Health", kind: "Kind", name: "Name", namespace: "Namespace",
    workloadKind: "Controller", identifiedBy: "Named by", validity: "Certainty", members: "Peers in it", protocol: "Protocol",
    edges: "Edges", failedConnects: "Failed connects", count: "samples", min: "min", max: "max", sent: "to server", received: "to client", id: "Id",
  },
  outcomes: {
    ok: "ok", clientError: "client error", serverError: "server error", clientGaveUp: "client gave up",
    serverClosed: "server closed", timedOut: "timed out",
  },
  series: {
    title: "Over time", rate: "Requests per second", errors: "Error rate", times: "Latency", unwatched: "nobody watched",
    none: "No request ended in this time.", failed: "What happened over time could not be loaded.",
    /** @param {string} value */
    highest: (value) => `up to ${value}`,
    /** @param {string} title @param {string} highest @param {number} steps @param {string} step */
    spoken: (title, highest, steps, step) => `${title}: up to ${highest}, ${steps} steps of ${step}`,
  },
  samples: {
    all: "All outcomes", failures: "Failed", outcome: "Outcome of the examples", operation: "Operation of the examples", operations: "All operations",
    title: "Examples", loading: "Loading…", failed: "The examples could not be loaded.", more: "Show more",
    none: "No request of this time was kept as an example.",
    requestHeaders: "Header fields of the request", responseHeaders: "Header fields of the response",
    /** @param {string} shown @param {string} total */
    help: (shown, total) => `${shown} of ${total} kept: of each 10 s the slowest, some that failed, some by chance`,
  },
  transactions: {
    title: "Transactions of what is shown, the newest first",
    columns: { at: "Began (UTC)", took: "Took", outcome: "Outcome", protocol: "Protocol", operation: "Operation", client: "Client", server: "Server" },
    allProtocols: "All protocols", outcome: "Outcome", operation: "Operation, in full",
    follow: "Follow", followTitle: "Newer ones come to the top by themselves",
    /** @param {string} shown @param {string} total */
    shown: (shown, total) => `${shown} of ${total}`,
    behind: "there are newer data",
    none: "No transaction that was kept is like this.",
    kept: "Not every transaction is here: of each edge and 10 s up to 8 are kept, the slowest, some that failed, some by chance.",
    /** @param {string} count */
    bounded: (count) => `These are the newest ${count}; choose a shorter range or fewer of them to see others.`,
    /** @param {string} time */
    searchedFrom: (time) => `Those before ${time} were not looked for.`,
    times: "Where the time went",
    phases: { request: "request", wait: "wait for the server", response: "response", unanswered: "no answer" },
    edge: "Show its edge", onlyOperation: "Only this operation",
  },
  table: {
    tabs: { edges: "Edges", nodes: "Nodes", namespaces: "Namespaces" }, tablist: "What the table lists",
    captions: { edges: "Edges of the map", nodes: "Nodes of the map", namespaces: "Namespaces of the map" },
    gather: "One row for two ends", gatherTitle: "Edges between the same two, on several ports or protocols, in one row",
    /** @param {number} count */
    edges: (count) => `${count} edges`,
    /** @param {string} value */
    atMost: (value) => `≤ ${value}`,
    filter: "Rows with this text", csv: "Download CSV", none: "No row holds this.",
    /** @param {string} count */
    rows: (count) => `${count} rows`,
    /** @param {string} count */
    more: (count) => `Show more of ${count}`,
    client: "Client", server: "Server", protocol: "Protocol", requests: "Requests",
    rate: "Rate", errorRate: "Errors", p50: "p50", p95: "p95", p99: "p99", connects: "Connects",
    failedConnects: "Failed connects", bytes: "Bytes", health: "Health", name: "Name", namespace: "Namespace", kind: "Kind",
    served: "Answered", callers: "Callers", asked: "Asked", callees: "Calls", addresses: "Addresses", nodes: "Nodes",
    unhealthy: "Unhealthy", inside: "Requests inside", into: "Requests into", out: "Requests out",
  },

  coverage: {
    title: "What this map did not see",
    /** @param {string} frames */
    frames: (frames) => `${frames} frames read`,
    none: "No frames were read in this time.",
    /** @param {string} count @param {string} share */
    metered: (count, share) => `${count} (${share}) were counted: first sightings of a packet.`,
    /** @param {string} count @param {string} share */
    duplicate: (count, share) => `${count} (${share}) were the same packet on another interface: counted once.`,
    /** @param {string} count @param {string} share */
    translated: (count, share) =>
      `${count} (${share}) were the same packet under a translated address (Service or NodePort): counted once.`,
    /** @param {string} count */
    notMetered: (count) => `${count} were not calls at all (ARP, neighbor discovery and the like).`,
    /** @param {string} count */
    filtered: (count) => `${count} were left out by a filter.`,
    /** @param {string} count @param {string} cause */
    undecodable: (count, cause) => `${count} could not be decoded: ${cause}.`,
    allDecoded: "Every frame could be decoded.",
    noLosses: "No loss is known.",
    shortFine: "nothing known to be missing",
    /** @param {number} count */
    shortLosses: (count) => (count === 1 ? "1 kind of loss" : `${count} kinds of loss`),
    losses: {
      kernelDropped: "frames were dropped by the kernel before they could be read",
      interfaceDropped: "frames were dropped by the network interface",
      truncatedFrames: "frames were captured shorter than they were on the wire",
      damagedRecords: "damaged places in the capture file were skipped",
      oneSidedFlows: "flows were seen in one direction only",
      reassemblyGaps: "holes in TCP streams had to be skipped",
      reassemblyOverflow: "out-of-order segments were thrown away",
      unmatchedResponses: "responses came without a request that was seen",
      unmatchedRequests: "requests lost their response in a hole or an abandoned stream",
      abandonedStreams: "streams could not be followed to their end",
      evictedFlows: "flows were pushed out of a full table",
      evictedSightings: "packets were forgotten so early that they may be counted twice",
      foldedEndpoints: "endpoints were folded into an aggregate",
      foldedOperations: "operations were folded into {other}",
      droppedNames: "names did not fit the table",
      clockSteps: "frames carried a time before that of an earlier frame",
      lateSightings: "handshake packets came twice: clocks differ, or captures overlap",
      fragments: "IP fragments were not put together",
    },
    /** @param {string} length */
    unwatched: (length) => `For ${length} of this range nobody watched: that is a gap, not a time without calls.`,
    remedies: {
      kernelDropped: "Capture fewer frames (a filter, one interface) or give the capture more buffer.",
      interfaceDropped: "The interface is overloaded; capture nearer to the pods.",
      truncatedFrames: "Capture with the full length (tcpdump -s 0).",
      damagedRecords: "The file was cut or overwritten; take the capture again.",
      oneSidedFlows: "Capture where both directions pass, such as the node's bridge.",
      reassemblyGaps: "Frames are missing; look for drops where the capture was taken.",
      droppedNames: "Import the objects of the cluster to have names.",
      foldedOperations: "Keep more of them apart with --max-operations.",
      clockSteps: "Keep the clock of the capturing machine in step.",
    },
    /** @param {string} from */
    reporters: (from) => `Reported by ${from}.`,
  },

  legend: {
    title: "Legend", health: "Edges", nodes: "Nodes", known: "in the inventory", unknown: "not in the inventory",
    inferred: "direction inferred", failing: "failing", degraded: "degraded", healthy: "healthy", none: "no outcome seen",
    protocols: "Protocols", only: "Click a line to see only that; ⊘ hides it.", hide: "Hide",
    thickness: "Thicker lines carry more requests per second.",
    /** @param {string} rate @param {number} least */
    from: (rate, least) => `from ${rate} failures, at least ${least}`,
  },
};
