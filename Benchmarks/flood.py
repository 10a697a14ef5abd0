#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""Writes a capture of a flood with real connections in it, the same for the same arguments.

    flood.py scan|syn|udp|mix COUNT OUTPUT.pcap

scan: SYNs of one host to COUNT addresses; syn: SYNs of COUNT addresses to one server, which
answers each; udp: datagrams of one host to COUNT addresses and ports; mix: a third each. Beside
it, 20 clients keep an HTTP connection and ask once a second. 100,000 packets a second.

    ulimit -v 2097152; svcmap import OUTPUT.pcap --store flood.db
"""

import struct
import sys

START = 1_760_000_000
RATE = 100_000
CLIENTS = 20
# How long all of them take to ask, in seconds.
PAUSE = 0.01
REQUEST = b"GET /cart HTTP/1.1\r\nHost: shop\r\n\r\n"
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
SYN, SYN_ACK, ACK, PSH_ACK = 0x02, 0x12, 0x10, 0x18


class Capture:
    def __init__(self, file):
        self.file = file
        self.identification = 0
        self.file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, 101))

    def packet(self, at: float, protocol: int, source: int, destination: int, body: bytes):
        self.identification = self.identification % 65_535 + 1
        length = 20 + len(body)
        header = struct.pack(
            ">BBHHHBBHII", 0x45, 0, length, self.identification, 0, 64, protocol, 0, source, destination)
        seconds = int(at)
        record = struct.pack("<IIII", START + seconds, int((at - seconds) * 1e6), length, length)
        self.file.write(record + header + body)

    def tcp(self, at, source, destination, flags, sequence, acknowledgment=0, payload=b""):
        (address, port), (peer, peer_port) = source, destination
        body = struct.pack(
            ">HHIIBBHHH", port, peer_port, sequence & 0xFFFFFFFF, acknowledgment & 0xFFFFFFFF,
            0x50, flags, 65_535, 0, 0)
        self.packet(at, 6, address, peer, body + payload)

    def udp(self, at, source, destination, payload):
        (address, port), (peer, peer_port) = source, destination
        self.packet(at, 17, address, peer, struct.pack(">HHHH", port, peer_port, 8 + len(payload), 0) + payload)


class Client:
    """A keep-alive connection that asks once a second."""

    def __init__(self, number: int):
        self.end = (0x0A000100 + number, 40_000)
        self.server = (0x0A000002, 80)
        self.sent, self.received = 1_000, 9_000

    def connect(self, capture: Capture, at: float):
        capture.tcp(at, self.end, self.server, SYN, self.sent - 1)
        capture.tcp(at + 1e-4, self.server, self.end, SYN_ACK, self.received - 1, self.sent)
        capture.tcp(at + 2e-4, self.end, self.server, ACK, self.sent, self.received)

    def ask(self, capture: Capture, at: float):
        capture.tcp(at, self.end, self.server, PSH_ACK, self.sent, self.received, REQUEST)
        self.sent += len(REQUEST)
        capture.tcp(at + 1e-4, self.server, self.end, PSH_ACK, self.received, self.sent, RESPONSE)
        self.received += len(RESPONSE)
        capture.tcp(at + 2e-4, self.end, self.server, ACK, self.sent, self.received)


def flood(capture: Capture, kind: str, number: int, at: float):
    # An odd factor walks through all addresses once, in no order.
    scattered = 0x20000000 + (number * 2_654_435_761 & 0x0FFFFFFF)
    if kind == "mix":
        kind = ("scan", "syn", "udp")[number % 3]
    if kind == "scan":
        capture.tcp(at, (0x0A000003, 1_024 + number % 60_000), (scattered, 443), SYN, number)
    elif kind == "syn":
        attacker, server = (scattered, 1_024 + number % 60_000), (0x0A000002, 80)
        capture.tcp(at, attacker, server, SYN, number)
        capture.tcp(at + 1e-6, server, attacker, SYN_ACK, number ^ 0x5A5A5A5A, number + 1)
    else:
        capture.udp(at, (0x0A000003, 5_000), (scattered, 1 + number % 65_000), b"flood" * 4)


def main(kind: str, count: int, path: str):
    with open(path, "wb", buffering=1 << 20) as file:
        capture = Capture(file)
        clients = [Client(number) for number in range(CLIENTS)]
        for number, client in enumerate(clients):
            client.connect(capture, number / 1_000)
        second = 0
        for number in range(count):
            # The flood pauses while the clients ask: a capture is in the order of time.
            at = 0.5 + number / RATE + second * PAUSE
            if second < at:
                for index, client in enumerate(clients):
                    client.ask(capture, at + index * PAUSE / CLIENTS)
                second += 1
                at += PAUSE
            flood(capture, kind, number, at)


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in ("scan", "syn", "udp", "mix"):
        sys.exit(__doc__)
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
