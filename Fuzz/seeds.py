#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""Cuts the example cluster, and public captures where they are, into seeds for the harnesses.

    seeds.py FOLDER CORPUS

Makes FOLDER/HARNESS/..., the same files for the same input. Nothing of it is committed.
"""

import json
import pathlib
import sqlite3
import struct
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "Benchmarks"))
import exchanges  # noqa: E402

EXAMPLE = ROOT / "Examples" / "cluster"
# As in PacketHeaders.swift.
LINK_TYPES = [1, 113, 276, 101, 0, 9, 12, 14, 50, 108, 228, 229, 147]
LONGEST = 16_384
FLOWS = 150
# Flows of one protocol taken from one capture: many are alike.
ALIKE = 12
# The longest capture of which flows are taken for dissectors; most captures are shorter.
LONGEST_CAPTURE = 8_000_000
PORTS = {
    "tls": (443, 8443, 993, 5061), "http": (80, 8080, 8000, 8081, 3128), "http2": (50051,), "amqp": (5672,),
    "mqtt": (1883,), "nats": (4222,), "redis": (6379,), "dubbo": (20880,), "thrift": (9090,), "ldap": (389,),
    "zookeeper": (2181,), "cassandra": (9042,), "postgresql": (5432,), "mysql": (3306,), "mongodb": (27017,),
    "dns": (53,), "memcached": (11211,), "kafka": (9092, 9093), "udp-dns": (53,), "udp-quic": (443,),
}
# Where a port does not tell, the name of a file in a collection by protocol does.
NAMED = {"postgre": "postgresql", "mongo": "mongodb", "memcache": "memcached", "zoo": "zookeeper", "http2": "http2",
         "grpc": "http2", "quic": "udp-quic"}


def blocks(data: bytes):
    """As records, of a little-endian pcapng capture; headers have no time."""
    link, found, offset = 0, [], 0
    while offset + 12 <= len(data):
        kind, length = struct.unpack_from("<II", data, offset)
        if length < 12 or offset + length > len(data):
            break
        if kind == 1:
            link = struct.unpack_from("<H", data, offset + 8)[0]
        elif kind == 6 and length >= 32:
            captured, wire = struct.unpack_from("<II", data, offset + 20)
            found.append((struct.pack("<IIII", 0, 0, captured, wire), data[offset + 28:offset + 28 + captured]))
        offset += length
    return link, found


def records(data: bytes):
    """The link type and the records (header, frame) of a classic little-endian capture."""
    if data[:4] == b"\x0a\x0d\x0d\x0a" and data[8:12] == b"\x4d\x3c\x2b\x1a":
        return blocks(data)
    if len(data) < 24 or data[:4] not in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1"):
        return 0, []
    found, offset = [], 24
    while offset + 16 <= len(data):
        length = struct.unpack_from("<I", data, offset + 8)[0]
        if offset + 16 + length > len(data):
            break
        found.append((data[offset:offset + 16], data[offset + 16:offset + 16 + length]))
        offset += 16 + length
    return struct.unpack_from("<I", data, 20)[0] & 0xFFFF, found


def transport(link: int, frame: bytes):
    """(number, source, destination, flags, payload) of a TCP or UDP packet over IPv4."""
    start = {1: 14, 113: 16, 276: 20, 101: 0}.get(link)
    if start is None or len(frame) < start + 28 or frame[start] >> 4 != 4:
        return None
    header = (frame[start] & 15) * 4
    number, at = frame[start + 9], start + header
    end = start + struct.unpack_from(">H", frame, start + 2)[0]
    if number not in (6, 17) or len(frame) < at + 20:
        return None
    ports = struct.unpack_from(">HH", frame, at)
    source, destination = (frame[start + 12:start + 16], ports[0]), (frame[start + 16:start + 20], ports[1])
    body = at + (8 if number == 17 else (frame[at + 12] >> 4) * 4)
    return number, source, destination, frame[at + 13], frame[body:end]


def protocol(packets, path: str):
    """(name, whether the first sender is the client) of a flow, as far as ports and content tell; or None."""
    number, source, destination = packets[0][:3]
    contents = [payload for *_, payload in packets if payload]
    if not contents:
        return None
    is_tcp = number == 6
    if is_tcp and any(content.startswith(b"PRI * HTTP/2") for content in contents[:3]):
        return "http2", True
    if is_tcp and any(b"upgrade: websocket" in content.lower() for content in contents[:4]):
        return "websocket", True
    for name, ports in PORTS.items():
        if is_tcp != (not name.startswith("udp-")):
            continue
        for port, is_client in ((destination[1], True), (source[1], False)):
            if port in ports:
                return name, is_client
    if is_tcp and contents[0].split(b" ")[0] in (b"GET", b"POST", b"PUT", b"HEAD", b"DELETE", b"OPTIONS"):
        return "http", True
    if is_tcp and contents[0][:2] == b"\x16\x03":
        return "tls", True
    for mark, name in [*NAMED.items(), *((name, name) for name in PORTS)]:
        if mark in path.lower() and is_tcp != name.startswith("udp-"):
            return name, True
    return None


def script(said, is_tcp=False) -> bytes:
    """Payloads with their senders as the steps of StreamScript.swift."""
    steps = b""
    for side, payload in said:
        payload = payload[:2047]
        steps += (bytes([0x18, side | 4, 1]) if is_tcp else bytes([side, 1])) + struct.pack(">H", len(payload)) + payload
    return steps


class Seeds:
    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.count = 0

    def add(self, harness: str, content: bytes):
        if not 0 < len(content) <= LONGEST:
            return
        (self.folder / harness).mkdir(parents=True, exist_ok=True)
        (self.folder / harness / f"{self.count:06}").write_bytes(content)
        self.count += 1

    def capture(self, data: bytes, stride: int):
        """Whole flows as small captures and as scripts, some frames alone."""
        link, found = records(data)
        flows = {}
        for index, (header, frame) in enumerate(found):
            if link in LINK_TYPES and index % stride == 0:
                self.add("PacketHeaders", bytes([LINK_TYPES.index(link)]) + frame)
            packet = transport(link, frame)
            if packet:
                flows.setdefault((packet[0], *sorted(packet[1:3])), []).append((header, frame, packet))
        for flow in list(flows.values())[:FLOWS]:
            cut = data[:24]
            for header, frame, _ in flow:
                if len(cut) + 16 + len(frame) <= LONGEST:
                    cut += header + frame
            self.add("CaptureFile", cut)
            # An odd length asks for tight limits.
            self.add("Engine", cut)
            self.add("Engine", cut + b"\0")
            self.script([packet for _, _, packet in flow])

    def script(self, packets):
        number = packets[0][0]
        steps = self.steps(packets)
        self.add("Datagrams" if number == 17 else "Stream", (b"" if number == 17 else b"\0") + steps[:LONGEST - 1])

    def steps(self, packets):
        number, first = packets[0][0], packets[0][1]
        said = []
        for _, source, _, _, payload in packets:
            # A capture on all interfaces has each packet several times.
            if payload and (int(source != first), payload) not in said:
                said.append((int(source != first), payload))
        return script(said, number == 6)

    def exchange(self, name: str):
        """What Benchmarks/exchanges.py lets a client and a server say, answered one by one and pipelined."""
        _, setup, exchange = exchanges.PROTOCOLS[name]
        # The dissector of WebSocket begins behind the agreement.
        opening = [] if name == "websocket" else setup
        for pipelined in (1, 3):
            said = list(opening)
            for first in range(0, 6, pipelined):
                asked = [exchange(first + number) for number in range(pipelined)]
                if name == "dns":
                    self.add("Dissector/udp-dns", b"\0" + script((side, pair[side]) for pair in asked for side in (0, 1)))
                    asked = [[struct.pack(">H", len(message)) + message for message in pair] for pair in asked]
                said += [(side, b"".join(pair[side] for pair in asked)) for side in (0, 1)]
            self.add("Dissector/" + ("http2" if name == "grpc" else name), b"\0" + script(said, is_tcp=True))

    def quic(self):
        """The examples of RFC 9001 and RFC 9369, and others made with them."""
        lines = (ROOT / "Tests" / "Fixtures" / "quic-packets.tsv").read_text().splitlines()[1:]
        packets = [(int("server" in line), bytes.fromhex(line.split("\t")[1])) for line in lines]
        for first in range(0, len(packets), 5):
            self.add("Dissector/udp-quic", b"\0" + script(packets[first:first + 5]))

    def dissectors(self, data: bytes, path: str):
        """Flows as scripts for the dissector of their protocol."""
        flows, taken = {}, {}
        link, found = records(data)
        for _, frame in found:
            packet = transport(link, frame)
            if packet:
                flows.setdefault((packet[0], *sorted(packet[1:3])), []).append(packet)
        for packets in flows.values():
            told = protocol(packets, path)
            if not told or taken.get(told[0], 0) >= ALIKE:
                continue
            name, is_client = told
            taken[name] = taken.get(name, 0) + 1
            steps = self.steps(packets)[:LONGEST - 1]
            if name == "websocket":
                self.add("Dissector/http", b"\0" + steps)
                # Its dissector begins behind the agreement.
                later = [packet for packet in packets if b"HTTP/1.1" not in packet[4]]
                steps = self.steps([(*packets[0][:4], b""), *later])[:LONGEST - 1]
            self.add(f"Dissector/{name}", bytes([0 if is_client else 1]) + steps)

def main(folder: pathlib.Path, corpus: pathlib.Path):
    seeds = Seeds(folder)
    seeds.capture((EXAMPLE / "demo.pcap").read_bytes(), 50)
    seeds.dissectors((EXAMPLE / "demo.pcap").read_bytes(), "")
    for name in exchanges.PROTOCOLS:
        if name != "stream":
            seeds.exchange(name)
    seeds.quic()
    objects = (EXAMPLE / "objects.json").read_bytes()
    for item in json.loads(objects)["items"]:
        seeds.add("ObjectDump", json.dumps({"kind": "List", "apiVersion": "v1", "items": [item]}).encode())
        seeds.add("ObjectDump", json.dumps({"type": "MODIFIED", "object": item}).encode())
    conformance = ROOT / "Tests" / "Fixtures" / "cel" / "conformance.tsv"
    for line in conformance.read_text(encoding="utf-8").splitlines():
        seeds.add("Expression", json.loads(line.split("\t")[4]).encode())
    for path in sorted((ROOT / "Tests" / "Fixtures" / "store").glob("v*.db")):
        store = sqlite3.connect(f"file:{path}?immutable=1", uri=True)
        for (block,) in store.execute("SELECT data FROM block ORDER BY rowid"):
            # As in Blocks.swift: what chooses the version, then what stands behind the checksum.
            seeds.add("Blocks", bytes([block[4] - 1]) + block[9:])
        store.close()
    if corpus.is_dir():
        for path in sorted(corpus.rglob("*.*cap*")):
            if not path.is_file() or path.stat().st_size > LONGEST_CAPTURE:
                continue
            data = path.read_bytes()
            seeds.dissectors(data, str(path.relative_to(corpus)))
            if len(data) <= LONGEST:
                seeds.add("CaptureFile", data)
                seeds.add("Engine", data)
                seeds.capture(data, 5)
    print(f"{seeds.count} seeds")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
