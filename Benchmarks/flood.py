#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""Writes a capture for the limits and the budgets, with real connections in it; the same for the
same arguments.

    flood.py KIND COUNT OUTPUT.pcap

scan    SYNs of one host to COUNT addresses
syn     SYNs of COUNT addresses to one server, which answers each
udp     datagrams of one host to COUNT addresses and ports
mix     a third of each
flows   COUNT connections with a request each, which all stay open
calls   COUNT connections with a request each, closed at once
http    COUNT requests on 100 connections that stay open; as well redis, grpc and all other protocols
        of exchanges.py, and `stream` for one that nobody knows

Beside it, 20 clients keep an HTTP connection and ask once a second. 100,000 packets a second.

    ulimit -v 2097152; svcmap import OUTPUT.pcap --store flood.db
"""

import struct
import sys

import exchanges

START = 1_760_000_000
# Microseconds from one packet of the flood to the next.
STEP = 10
SECOND = 1_000_000
CLIENTS = 20
# Connections that stay open in the kinds that measure a frame: enough that it does not matter
# where the hash of each happens to lie.
KEPT = 100
# How long all of them take to ask.
PAUSE = 10_000
SYN, SYN_ACK, ACK, PSH_ACK, FIN_ACK = 0x02, 0x12, 0x10, 0x18, 0x11
# Record, IPv4 and TCP or UDP in one: five million of them are packed one by one. Big-endian
# throughout, which a capture may be.
TCP = struct.Struct(">IIII BBHHHBBHII HHIIBBHHH")
UDP = struct.Struct(">IIII BBHHHBBHII HHHH")


class Capture:
    def __init__(self, file):
        self.write = file.write
        self.identification = 0
        self.write(struct.pack(">IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, 101))

    def tcp(self, at, source, port, destination, peer_port, flags, sequence, acknowledgment=0, payload=b""):
        self.identification = number = self.identification % 65_535 + 1
        length = 40 + len(payload)
        self.write(TCP.pack(
            START + at // SECOND, at % SECOND, length, length,
            0x45, 0, length, number, 0, 64, 6, 0, source, destination,
            port, peer_port, sequence & 0xFFFFFFFF, acknowledgment & 0xFFFFFFFF, 0x50, flags, 65_535, 0, 0))
        if payload:
            self.write(payload)

    def udp(self, at, source, port, destination, peer_port, payload):
        self.identification = number = self.identification % 65_535 + 1
        length = 28 + len(payload)
        self.write(UDP.pack(
            START + at // SECOND, at % SECOND, length, length,
            0x45, 0, length, number, 0, 64, 17, 0, source, destination,
            port, peer_port, 8 + len(payload), 0))
        self.write(payload)


class Connection:
    """A connection to an HTTP server, or another, whose packets take one step each."""

    def __init__(self, client: int, port: int, server: int, protocol="http"):
        server_port, self.setup, self.exchange = exchanges.PROTOCOLS[protocol]
        # Datagrams, which only DNS is asked in here.
        self.is_udp = protocol == "dns"
        self.ends = ((client, port, server, server_port), (server, server_port, client, port))
        self.sent = [1_000, 9_000]
        self.asked = 0

    def send(self, capture: Capture, at: int, side: int, flags: int, payload=b"") -> int:
        if self.is_udp:
            capture.udp(at, *self.ends[side], payload)
        else:
            capture.tcp(at, *self.ends[side], flags, self.sent[side], self.sent[1 - side], payload)
            self.sent[side] += len(payload)
        return at + STEP

    def connect(self, capture: Capture, at: int) -> int:
        if self.is_udp:
            return at
        capture.tcp(at, *self.ends[0], SYN, self.sent[0] - 1)
        capture.tcp(at + STEP, *self.ends[1], SYN_ACK, self.sent[1] - 1, self.sent[0])
        at = self.send(capture, at + 2 * STEP, 0, ACK)
        for side, payload in self.setup:
            at = self.send(capture, at, side, PSH_ACK, payload)
        return at

    def ask(self, capture: Capture, at: int) -> int:
        for side, payload in enumerate(self.exchange(self.asked)):
            at = self.send(capture, at, side, PSH_ACK, payload)
        self.asked += 1
        return at if self.is_udp else self.send(capture, at, 0, ACK)

    def close(self, capture: Capture, at: int) -> int:
        capture.tcp(at, *self.ends[0], FIN_ACK, *self.sent)
        capture.tcp(at + STEP, *self.ends[1], FIN_ACK, self.sent[1], self.sent[0] + 1)
        capture.tcp(at + 2 * STEP, *self.ends[0], ACK, self.sent[0] + 1, self.sent[1] + 1)
        return at + 3 * STEP


class Flood:
    """What fills the tables, one attempt or exchange after the other."""

    def __init__(self, kind: str, capture: Capture):
        self.kind, self.capture = kind, capture
        self.kept = []
        if kind in exchanges.PROTOCOLS:
            self.kept = [Connection(0x0A020001 + number, 40_000, 0x0A000004, kind) for number in range(KEPT)]

    def begin(self, at: int) -> int:
        for connection in self.kept:
            at = connection.connect(self.capture, at)
        return at

    def send(self, number: int, at: int) -> int:
        """Returns when the next one may begin."""
        kind, capture = self.kind, self.capture
        if self.kept:
            return self.kept[number % KEPT].ask(capture, at)
        if kind in ("flows", "calls"):
            client, server = 0x0A010000 + number % 1_000, 0x0A000010 + number % 16
            connection = Connection(client, 1_024 + number // 1_000 % 64_000, server)
            at = connection.ask(capture, connection.connect(capture, at))
            return connection.close(capture, at) if kind == "calls" else at
        # An odd factor walks through all addresses once, in no order.
        scattered = 0x20000000 + (number * 2_654_435_761 & 0x0FFFFFFF)
        if kind == "mix":
            kind = ("scan", "syn", "udp")[number % 3]
        if kind == "scan":
            capture.tcp(at, 0x0A000003, 1_024 + number % 60_000, scattered, 443, SYN, number)
        elif kind == "syn":
            port = 1_024 + number % 60_000
            capture.tcp(at, scattered, port, 0x0A000002, 80, SYN, number)
            capture.tcp(at + 1, 0x0A000002, 80, scattered, port, SYN_ACK, number ^ 0x5A5A5A5A, number + 1)
        else:
            capture.udp(at, 0x0A000003, 5_000, scattered, 1 + number % 65_000, b"flood" * 4)
        return at + STEP


def main(kind: str, count: int, path: str):
    with open(path, "wb", buffering=1 << 20) as file:
        capture = Capture(file)
        flood = Flood(kind, capture)
        clients = [Connection(0x0A000100 + number, 40_000, 0x0A000002) for number in range(CLIENTS)]
        for number, client in enumerate(clients):
            client.connect(capture, number * 1_000)
        at, asked = flood.begin(SECOND // 2), 0
        for number in range(count):
            # The flood pauses while the clients ask: a capture is in the order of time.
            if asked * SECOND < at:
                for index, client in enumerate(clients):
                    client.ask(capture, at + index * PAUSE // CLIENTS)
                asked += 1
                at += PAUSE
            at = flood.send(number, at)


KINDS = ("scan", "syn", "udp", "mix", "flows", "calls", *exchanges.PROTOCOLS)
if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in KINDS:
        sys.exit(__doc__)
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
