#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""Cuts the example cluster, and public captures where they are, into seeds for the harnesses.

    seeds.py FOLDER CORPUS

Makes FOLDER/HARNESS/..., the same files for the same input. Nothing of it is committed.
"""

import json
import pathlib
import struct
import sys

EXAMPLE = pathlib.Path(__file__).resolve().parent.parent / "Examples" / "cluster"
# As in PacketHeaders.swift.
LINK_TYPES = [1, 113, 276, 101, 0, 9, 12, 14, 50, 108, 228, 229, 147]
LONGEST = 16_384
FLOWS = 150


def records(data: bytes):
    """The link type and the records (header, frame) of a classic little-endian capture."""
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
        number, first = packets[0][0], packets[0][1]
        steps, seen = b"" if number == 17 else b"\0", set()
        for _, source, _, flags, payload in packets:
            side, payload = int(source != first), payload[:2047]
            if not payload or (side, payload) in seen:
                continue
            # A capture on all interfaces has each packet several times.
            seen.add((side, payload))
            length = struct.pack(">H", len(payload))
            step = bytes([side, 1]) if number == 17 else bytes([flags, side | 4, 1])
            steps += step + length + payload
        self.add("Datagrams" if number == 17 else "Stream", steps[:LONGEST])


def main(folder: pathlib.Path, corpus: pathlib.Path):
    seeds = Seeds(folder)
    seeds.capture((EXAMPLE / "demo.pcap").read_bytes(), 50)
    objects = (EXAMPLE / "objects.json").read_bytes()
    for item in json.loads(objects)["items"]:
        seeds.add("ObjectDump", json.dumps({"kind": "List", "apiVersion": "v1", "items": [item]}).encode())
        seeds.add("ObjectDump", json.dumps({"type": "MODIFIED", "object": item}).encode())
    if corpus.is_dir():
        for path in sorted(corpus.rglob("*.*cap*")):
            if path.is_file() and path.stat().st_size <= LONGEST:
                data = path.read_bytes()
                seeds.add("CaptureFile", data)
                seeds.add("Engine", data)
                seeds.capture(data, 5)
    print(f"{seeds.count} seeds")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
