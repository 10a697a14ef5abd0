#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""Writes a capture and an object dump in which every name is an attack: hostile.py FOLDER.

Each text of `TEXTS` is a namespace, a pod, a workload, a label, a host name, a path, a status text, an SQL table,
an error, a Redis command and a name asked of DNS. What is not allowed there by a protocol is sent all the same.
"""

import json
import pathlib
import random
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Benchmarks"))

from exchanges import POSTGRESQL_SETUP, postgresql_message  # noqa: E402
from generate import Connection, Host, ip  # noqa: E402

TEXTS = [
    "<script>window.hostile=1</script>", "<img src=x onerror=window.hostile=1>", "\"><svg onload=window.hostile=1>",
    "'-window.hostile=1-'", "javascript:window.hostile=1", "</text></svg><script>window.hostile=1</script>",
    "]]><script>window.hostile=1</script>", "<!--", "&lt;script&gt;", "&#x3C;b&#x3E;", "\u202egnp.exe", "\u2066iso\u2069late",
    "zero\u200bwidth\ufeff", "line\u2028break\u2029s", "bell\x07 \x1b[31mred\x1b[0m", "\x9b31mc1", "nul\x00byte", "tab\tnew\nline\rback",
    "=cmd|'/C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "quote\"s and 'more'", "back\\slash\\", "\\N\\G\\E", "{record|shape}",
    "click x href \"javascript:1\"", "end\nclick x", "subgraph", "%%{init: {}}%%", "a;b--c-->d", "`tick`", "$(reboot)", "${7*7}", "{{7*7}}",
    "../../etc/passwd", "%2e%2e%2f", "x" * 300, "\U0001F4A9", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
]
NODE = "10.0.0.1"


def folded(text: str) -> bytes:
    """As bytes of one line, since a line break ends a head."""
    return text.encode().replace(b"\r", b"%0d").replace(b"\n", b"%0a")


def pod(number: int, text: str) -> dict:
    # What has a slash, a space, ">" or a control character is no name at all, and refused with a line: a fifth shows that.
    if number % 5 != 4:
        text = "".join(character for character in text if "!" <= character <= "~" and character not in "/>")[:60] or "nothing"
    owner = {"apiVersion": "apps/v1", "kind": text if number % 3 == 0 else "StatefulSet", "name": text, "controller": True, "uid": f"o{number}"}
    return {
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": f"{text}-0", "namespace": text, "uid": f"p{number}", "creationTimestamp": "2025-10-09T08:00:00Z",
                     "labels": {"app": text, text: "value"}, "ownerReferences": [owner], "resourceVersion": str(number + 1)},
        "spec": {"nodeName": "node-1"},
        "status": {"phase": "Running", "hostIP": NODE, "podIP": address(number), "podIPs": [{"ip": address(number)}],
                   "conditions": [{"type": "PodScheduled", "status": "True", "lastTransitionTime": "2025-10-09T08:00:00Z"}]},
    }


def address(number: int) -> str:
    return ".".join(str(byte) for byte in Host(number + 1).ip)


def talk(rng: random.Random, number: int, text: str) -> list:
    """The frames of a caller who knows no shame, each with the delay before it."""
    client, server = Host(number + 1), Host((number + 1) % len(TEXTS) + 1)
    word = folded(text)
    web = Connection(rng, client, server, 40_000, 8_080)
    web.open()
    for path, status in [(b"/" + word, b"200 " + word), (b"/a/" + word.replace(b" ", b"+") + b"?q=" + word, b"500 " + word), (b"/ok", b"404 Not Found")]:
        web.send(0, b"GET " + path + b" HTTP/1.1\r\nHost: " + word + b"\r\nUser-Agent: " + word + b"\r\n\r\n", 500)
        web.send(1, b"HTTP/1.1 " + status + b"\r\nContent-Length: 2\r\nServer: " + word + b"\r\n\r\nok", 900)
    web.close()
    sql = Connection(rng, client, server, 40_001, 5_432)
    sql.open()
    for side, data in POSTGRESQL_SETUP:
        sql.send(side, data, 200)
    for statement in [b"SELECT * FROM \"" + word.replace(b"\0", b"") + b"\" WHERE id = '" + word.replace(b"\0", b"") + b"'", word.replace(b"\0", b"")]:
        sql.send(0, postgresql_message(b"Q", statement + b"\0"), 200)
        error = b"SERROR\0C42601\0M" + word.replace(b"\0", b"") + b"\0\0"
        sql.send(1, postgresql_message(b"E", error) + postgresql_message(b"Z", b"I"), 300)
    sql.close()
    cache = Connection(rng, client, server, 40_002, 6_379)
    cache.open()
    raw = text.encode()
    cache.send(0, b"*2\r\n$%d\r\n%s\r\n$3\r\nkey\r\n" % (len(raw), raw), 100)
    cache.send(1, b"-" + word + b" wrong\r\n", 100)
    cache.send(0, b"*2\r\n$3\r\nGET\r\n$%d\r\n%s\r\n" % (len(raw), raw), 100)
    cache.send(1, b"-ERR " + word + b"\r\n", 100)
    cache.close()

    def udp(source: Host, destination: Host, ports: tuple, data: bytes) -> bytes:
        return ip(source, destination, 17, struct.pack(">HHHH", *ports, 8 + len(data), 0) + data)

    label = raw[:60]
    question = bytes([len(label)]) + label + b"\4evil\7example\0" + struct.pack(">HH", 1, 1)
    query = struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 0) + question
    # The peer it names is no pod, so the name is what the map shows.
    peer = Host(1_000 + number)
    answer = struct.pack(">HHHHHH", number, 0x8180, 1, 1, 0, 0) + question + struct.pack(">HHHIH4s", 0xC00C, 1, 1, 60, 4, peer.ip)
    lookup = [(50, udp(client, server, (40_003, 53), query)), (90, udp(server, client, (53, 40_003), answer))]
    outside = Connection(rng, client, peer, 40_004, 443)
    outside.open()
    outside.send(0, b"GET / HTTP/1.1\r\nHost: " + word + b"\r\n\r\n", 100)
    outside.send(1, b"HTTP/1.1 204 No Content\r\n\r\n", 100)
    outside.close()
    return web.frames + sql.frames + cache.frames + lookup + outside.frames


def main(folder: pathlib.Path) -> None:
    rng = random.Random(1)
    time = 1_760_000_000_000_000
    with open(folder / "hostile.pcap", "wb") as output:
        output.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1))
        for number, text in enumerate(TEXTS):
            for delay, frame in talk(rng, number, text):
                time += delay
                output.write(struct.pack("<IIII", time // 1_000_000, time % 1_000_000, len(frame), len(frame)) + frame)
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-1", "uid": "n1", "creationTimestamp": "2025-10-09T08:00:00Z"},
            "status": {"addresses": [{"type": "InternalIP", "address": NODE}]}}
    pods = [pod(number, text) for number, text in enumerate(TEXTS)]
    (folder / "hostile.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": [node] + pods}))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
