# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""Writes a capture and an object dump of a cluster of any size: the same bytes for the same arguments.

Namespaces and the popularity of services are skewed, most calls stay in their namespace, and every edge does something
in most windows: more or less of it, and at some times with errors, so that a replay has something to show.
"""

import json
import pathlib
import random
import struct

from generate import Connection, Host

START = 1_760_000_000_000_000
WINDOW = 10_000_000
NAMESPACES = ["shop", "payments", "search", "identity", "orders", "catalog", "media", "delivery", "analytics", "billing", "support", "fraud"]
KINDS = ["api", "gateway", "cart", "checkout", "users", "sessions", "ledger", "invoice", "ranker", "indexer", "feed", "worker"]


def place(rng: random.Random, count: int) -> int:
    """A number below a count, small ones more often."""
    return int(count * rng.random() ** 2.2)


def pairs(rng: random.Random, nodes: int, edges: int, homes: list[int]) -> list[tuple[int, int]]:
    members = {home: [node for node in range(nodes) if homes[node] == home] for home in set(homes)}
    found: dict[tuple[int, int], None] = {(node, place(rng, nodes)): None for node in range(nodes)}
    while len(found) < edges:
        client = rng.randrange(nodes)
        near = members[homes[client]]
        server = near[place(rng, len(near))] if rng.random() < 0.75 else place(rng, nodes)
        if server != client:
            found[(client, server)] = None
    return [pair for pair in found if pair[0] != pair[1]][:edges]


def pod(number: int, namespace: str, name: str) -> dict:
    owner = {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": name, "controller": True, "uid": f"o{number}"}
    address = ".".join(str(byte) for byte in Host(number + 1).ip)
    return {
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": f"{name}-0", "namespace": namespace, "uid": f"p{number}", "creationTimestamp": "2025-10-09T08:00:00Z",
                     "ownerReferences": [owner], "resourceVersion": str(number + 1)},
        "spec": {"nodeName": "node-1"},
        "status": {"phase": "Running", "hostIP": "10.0.0.1", "podIP": address, "podIPs": [{"ip": address}],
                   "conditions": [{"type": "PodScheduled", "status": "True", "lastTransitionTime": "2025-10-09T08:00:00Z"}]},
    }


def write(folder: pathlib.Path, nodes: int, edges: int, windows: int) -> None:
    """`capture.pcap` and `objects.json`."""
    rng = random.Random(nodes * 31 + edges)
    homes = [place(rng, len(NAMESPACES)) for _ in range(nodes)]
    pods = [pod(number, NAMESPACES[homes[number]], f"{KINDS[number % len(KINDS)]}-{number}") for number in range(nodes)]
    (folder / "objects.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": pods}))
    hosts = [Host(number + 1) for number in range(nodes)]
    calls = pairs(rng, nodes, edges, homes)
    with open(folder / "capture.pcap", "wb") as output:
        output.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1))
        for window in range(windows):
            frames = []
            for index, (client, server) in enumerate(calls):
                if window > 0 and rng.random() < 0.1:
                    continue
                connection = Connection(rng, hosts[client], hosts[server], 20_000 + (window * 7 + index) % 40_000, 8_080)
                connection.open()
                isFailing = rng.random() < 0.08
                for _ in range(1 + place(rng, 6)):
                    connection.send(0, b"GET /items/7 HTTP/1.1\r\nHost: shop\r\n\r\n", 300)
                    status = b"503 Service Unavailable" if isFailing else b"200 OK"
                    connection.send(1, b"HTTP/1.1 " + status + b"\r\nContent-Length: 2\r\n\r\nok", rng.randrange(500, 20_000))
                connection.close()
                time = START + window * WINDOW + rng.randrange(WINDOW // 2)
                for delay, frame in connection.frames:
                    time += delay
                    frames.append((time, len(frames), frame))
            for time, _, frame in sorted(frames):
                output.write(struct.pack("<IIII", time // 1_000_000, time % 1_000_000, len(frame), len(frame)) + frame)
