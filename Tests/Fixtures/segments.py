#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""Writes segments.pcap: one connection for each thing that happens to TCP, all around the end of sequence space.

    Tests/Fixtures/segments.py > Tests/Fixtures/segments.pcap
    scripts/tshark-streams.py Tests/Fixtures segments.pcap > Tests/Fixtures/segments.tsv
"""

import itertools
import struct
import sys

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
NETWORK, SERVER = 0x0A000100, 0x0A000002


class Connection:
    """Sequence numbers are relative to each side's SYN, so that data begins at 1.

    Each has a client of its own, and so is an edge of its own.
    """

    identification = 0

    def __init__(self, frames, number):
        self.frames, self.number = frames, number
        self.initial = (2**32 - 12, 2**32 - 25)
        self.time = number * 3_000_000

    def send(self, side, flags, sequence=0, acknowledgment=0, length=0, window=1_000, after=500):
        """One segment of side 0, the client, or 1, so many microseconds after the last."""
        self.time += after
        Connection.identification += 1
        ends = ((NETWORK + self.number, 40_000), (SERVER, 80))
        (source, source_port), (target, target_port) = ends[side], ends[1 - side]
        ack = (self.initial[1 - side] + acknowledgment) % 2**32 if flags & ACK else 0
        tcp = struct.pack(
            ">HHIIBBHHH", source_port, target_port, (self.initial[side] + sequence) % 2**32, ack, 0x50, flags, window, 0, 0
        )
        payload = bytes((sequence + at) % 251 for at in range(length))
        ip = struct.pack(
            ">BBHHHBBHII", 0x45, 0, 40 + length, Connection.identification, 0x4000, 64, 6, 0, source, target
        )
        self.frames.append((self.time, ip + tcp + payload))

    def client(self, flags, *arguments, **named):
        self.send(0, flags, *arguments, **named)

    def server(self, flags, *arguments, **named):
        self.send(1, flags, *arguments, **named)

    def handshake(self):
        self.client(SYN)
        self.server(SYN | ACK, 0, 1)
        self.client(ACK, 1, 1)


def connections(frames):
    numbers = itertools.count(1)

    def new():
        return Connection(frames, next(numbers))

    # Data both ways around the end of sequence space, then FIN both ways.
    one = new()
    one.handshake()
    for index in range(3):
        one.client(PSH | ACK, 1 + 10 * index, 1 + 20 * index, 10)
        one.server(PSH | ACK, 1 + 20 * index, 11 + 10 * index, 20)
    one.client(FIN | ACK, 31, 61)
    one.server(FIN | ACK, 61, 32)
    one.client(ACK, 32, 62)

    # Sent again after a timeout, first whole, then with more behind it.
    one = new()
    one.handshake()
    one.client(PSH | ACK, 1, 1, 20)
    one.client(PSH | ACK, 1, 1, 20, after=300_000)
    one.client(PSH | ACK, 11, 1, 30, after=300_000)
    one.server(ACK, 1, 41)

    # Lost before we saw it, sent again after a timeout.
    one = new()
    one.handshake()
    one.client(PSH | ACK, 1, 1, 10)
    one.server(PSH | ACK, 21, 11, 20)
    one.client(ACK, 11, 1)
    one.server(PSH | ACK, 1, 11, 20, after=300_000)
    one.client(ACK, 11, 41)

    # Lost before we saw it, asked for three times, sent again within a millisecond.
    one = new()
    one.handshake()
    one.client(PSH | ACK, 1, 1, 10)
    one.server(ACK, 1, 11, 20)
    one.client(ACK, 11, 21)
    for index in range(3):
        one.server(ACK, 41 + 20 * index, 11, 20, after=30)
        one.client(ACK, 11, 21, after=30)
    one.server(ACK, 21, 11, 20, after=700)
    one.client(ACK, 11, 101)

    # Out of order.
    one = new()
    one.handshake()
    one.server(ACK, 21, 1, 20)
    one.server(ACK, 1, 1, 20, after=50)
    one.client(ACK, 1, 41)

    # A window that closes, probes with a byte, a window that opens.
    one = new()
    one.handshake()
    one.client(ACK, 1, 1, 20)
    one.server(ACK, 1, 21, window=0)
    for _ in range(2):
        one.client(ACK, 21, 1, 1, after=200_000)
        one.server(ACK, 1, 21, window=0)
    one.server(ACK, 1, 21, after=200_000)
    one.client(ACK, 21, 1, 20)
    one.server(ACK, 1, 41)

    # Keep-alives with a byte and without.
    one = new()
    one.handshake()
    one.client(ACK, 1, 1, 20)
    one.server(ACK, 1, 21)
    for length in (1, 0):
        one.client(ACK, 20, 1, length, after=900_000)
        one.server(ACK, 1, 21)

    # Reset, by the server, of an open connection; then of an attempt.
    one = new()
    one.handshake()
    one.server(RST | ACK, 1, 1)
    one = new()
    one.client(SYN)
    one.server(RST | ACK, 0, 1)

    # One side finishes, the other goes on.
    one = new()
    one.handshake()
    one.client(FIN | ACK, 1, 1)
    one.server(ACK, 1, 2)
    one.server(PSH | ACK, 1, 2, 40, after=100_000)
    one.client(ACK, 2, 41)
    one.server(FIN | ACK, 41, 2)
    one.client(ACK, 2, 42)

    # Both begin at once.
    one = new()
    one.client(SYN)
    one.server(SYN, after=100)
    one.client(SYN | ACK, 0, 1)
    one.server(SYN | ACK, 0, 1)
    one.client(ACK, 1, 1, 10)

    # The third SYN is answered.
    one = new()
    one.client(SYN)
    one.client(SYN, after=100_000)
    one.client(SYN, after=200_000)
    one.server(SYN | ACK, 0, 1, after=7_000)
    one.client(ACK, 1, 1, after=90)

    # Only the client's side was captured.
    one = new()
    one.client(SYN)
    one.client(ACK, 1, 1, after=4_000)
    one.client(PSH | ACK, 1, 1, 20)


def main():
    frames = []
    connections(frames)
    out = sys.stdout.buffer
    out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, 101))
    for time, packet in frames:
        out.write(struct.pack("<IIII", 1_700_000_000 + time // 10**6, time % 10**6, len(packet), len(packet)))
        out.write(packet)


if __name__ == "__main__":
    main()
