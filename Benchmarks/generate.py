#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""Writes a capture of plausible service traffic: the same bytes for the same arguments.

Pods call each other over HTTP/1.1 keep-alive connections with bodies of skewed sizes, look names
up first, and some connections carry bytes of no protocol. Sequence numbers, acknowledgements,
identifications and handshakes are right; checksums are left 0, as offloading cards leave them.
"""

import argparse
import heapq
import random
import struct
import sys

MSS = 1448


class Host:
    def __init__(self, number: int):
        self.ip = bytes([10, 244, number >> 8 & 255, number & 255])
        self.mac = b"\x02\x00" + self.ip
        self.identification = number * 7919 & 0xFFFF

    def next_identification(self) -> int:
        self.identification = (self.identification + 1) & 0xFFFF
        return self.identification


def ip(source: Host, destination: Host, protocol: int, payload: bytes) -> bytes:
    header = struct.pack(
        ">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), source.next_identification(), 0x4000, 64, protocol, 0,
        source.ip, destination.ip)
    return destination.mac + source.mac + b"\x08\x00" + header + payload


class Connection:
    """One TCP connection as a list of (delay in microseconds, frame)."""

    def __init__(self, rng: random.Random, client: Host, server: Host, client_port: int, server_port: int):
        self.rng, self.ends, self.ports = rng, (client, server), (client_port, server_port)
        self.next = [rng.getrandbits(32), rng.getrandbits(32)]
        self.frames = []

    def emit(self, side: int, flags: int, payload: bytes = b"", delay: int = 30):
        clock = 1_000_000 + len(self.frames)
        options = struct.pack(">BBBBII", 1, 1, 8, 10, clock, clock)
        header = struct.pack(
            ">HHIIBBHHH", self.ports[side], self.ports[1 - side], self.next[side],
            self.next[1 - side] if flags & 0x10 else 0, 8 << 4, flags, 502, 0, 0)
        self.frames.append((delay, ip(self.ends[side], self.ends[1 - side], 6, header + options + payload)))
        self.next[side] = (self.next[side] + len(payload) + (1 if flags & 3 else 0)) & 0xFFFFFFFF

    def open(self):
        self.emit(0, 0x02, delay=0)
        self.emit(1, 0x12, delay=40)
        self.emit(0, 0x10, delay=15)

    def send(self, side: int, data: bytes, delay: int):
        for offset in range(0, len(data), MSS):
            self.emit(side, 0x18, data[offset:offset + MSS], delay if offset == 0 else 12)
            if offset // MSS % 2 == 1:
                self.emit(1 - side, 0x10, delay=5)
        if -(-len(data) // MSS) % 2 == 1:
            self.emit(1 - side, 0x10, delay=8)

    def close(self):
        self.emit(0, 0x11)
        self.emit(1, 0x11)
        self.emit(0, 0x10)


def http(rng: random.Random, connection: Connection):
    connection.open()
    for _ in range(rng.randint(5, 60)):
        item = rng.randint(1, 9999)
        path = rng.choice([f"/api/items/{item}", "/api/cart", f"/users/{item}/orders?page={item}", "/healthz"])
        connection.send(
            0, f"GET {path} HTTP/1.1\r\nHost: shop\r\nUser-Agent: bench/1\r\nAccept: */*\r\n\r\n".encode(),
            rng.randint(100, 5_000))
        size = min(int(rng.lognormvariate(6.8, 1.4)), 200_000)
        status = rng.choices(["200 OK", "404 Not Found", "500 Internal Server Error"], [96, 3, 1])[0]
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {size}\r\n\r\n".encode()
        connection.send(1, head + b"x" * size, int(rng.lognormvariate(7.5, 0.8)))
    connection.close()


def opaque(rng: random.Random, connection: Connection):
    connection.open()
    for _ in range(rng.randint(10, 100)):
        connection.send(0, rng.randbytes(rng.randint(40, 400)), rng.randint(50, 2_000))
        connection.send(1, rng.randbytes(rng.randint(40, 4_000)), rng.randint(50, 2_000))
    connection.close()


def lookup(rng: random.Random, client: Host, server: Host, port: int):
    name = b"".join(bytes([len(p)]) + p for p in (b"svc%d" % rng.randint(0, 99), b"shop", b"svc", b"cluster", b"local"))
    question = name + b"\0" + struct.pack(">HH", 1, 1)
    identifier = rng.getrandbits(16)
    query = struct.pack(">HHHHHH", identifier, 0x0100, 1, 0, 0, 0) + question
    answer = struct.pack(">HHHHHH", identifier, 0x8180, 1, 1, 0, 0) + question + struct.pack(
        ">HHHIH4s", 0xC00C, 1, 1, 5, 4, server.ip)
    def udp(source: Host, destination: Host, ports, data: bytes):
        return ip(source, destination, 17, struct.pack(">HHHH", *ports, 8 + len(data), 0) + data)
    return [(0, udp(client, server, (port, 53), query)), (rng.randint(80, 900), udp(server, client, (53, port), answer))]


def conversations(rng: random.Random, hosts):
    start = 0
    dns = hosts[0]
    while True:
        start += rng.randint(2_000, 20_000)
        client, server = rng.sample(hosts[1:], 2)
        port = rng.randint(32_768, 60_999)
        yield start, lookup(rng, client, dns, port)
        connection = Connection(rng, client, server, port, rng.choice([80, 8080, 8000]))
        if rng.random() < 0.8:
            http(rng, connection)
        else:
            connection.ports = (port, rng.choice([6379, 5432, 9092]))
            opaque(rng, connection)
        yield start + 1_000, connection.frames


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output")
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--hosts", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    hosts = [Host(number) for number in range(1, arguments.hosts + 2)]
    limit = arguments.megabytes * 1_000_000
    queue, written, serial = [], 24, 0
    coming = conversations(rng, hosts)
    next_start, next_frames = next(coming)
    epoch = 1_760_000_000
    with open(arguments.output, "wb") as output:
        output.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1))
        while written < limit:
            while not queue or next_start <= queue[0][0]:
                heapq.heappush(queue, (next_start, serial, next_frames, 0))
                serial += 1
                next_start, next_frames = next(coming)
            time, number, frames, index = heapq.heappop(queue)
            frame = frames[index][1]
            output.write(struct.pack("<IIII", epoch + time // 1_000_000, time % 1_000_000, len(frame), len(frame)))
            output.write(frame)
            written += 16 + len(frame)
            if index + 1 < len(frames):
                heapq.heappush(queue, (time + frames[index + 1][0], number, frames, index + 1))
    print(f"{arguments.output}: {written} bytes, {serial} conversations", file=sys.stderr)


if __name__ == "__main__":
    main()
