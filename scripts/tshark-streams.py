#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""Writes what tshark knows of each TCP, UDP and SCTP stream in captures, as numbers only.

    scripts/tshark-streams.py FOLDER [NAME...] > Tests/Fixtures/streams.tsv

FOLDER holds ORACLE.tsv and the captures it names; with names, those files of it alone. A stream is known by
the number of its first frame, from which a reader finds its addresses, so that none are written here.

A frame belongs to the innermost TCP, UDP or SCTP header tshark finds in it; packets quoted by ICMP errors are not
traffic. Bytes are lengths of IP datagrams, later fragments belong to the stream of their first one.
"""

import subprocess
import sys

FIELDS = """frame.number frame.protocols ip.len ipv6.plen ip.src ip.dst ip.id ip.proto ip.frag_offset
ipv6.src ipv6.dst ipv6.fraghdr.ident ipv6.fraghdr.offset tcp.stream udp.stream tcp.srcport udp.srcport
sctp.srcport sctp.dstport tcp.flags
tcp.analysis.retransmission tcp.analysis.out_of_order tcp.analysis.zero_window tcp.analysis.keep_alive
tcp.analysis.initial_rtt frame.time_epoch""".split()

COLUMNS = """file transport first packetsA bytesA packetsB bytesB retransmittedA retransmittedB outOfOrderA outOfOrderB
zeroWindowA zeroWindowB keepAlives resets endings initialRtt connectTime""".split()

NETWORKS = ("ip", "ipv6")
TRANSPORTS = ("tcp", "udp", "icmp", "icmpv6", "sctp", "gre", "esp", "ah")
FIN, SYN, RST, ACK = 1, 2, 4, 16


def frames(path):
    """The fields of each frame, lists where a header occurs more than once."""
    command = ["tshark", "-n", "-r", path, "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=;"]
    # Fragments as they were sent, streams as they are without the dissectors above them.
    for option in ("ip.defragment", "ipv6.defragment", "tcp.desegment_tcp_streams"):
        command += ["-o", option + ":FALSE"]
    for field in FIELDS:
        command += ["-e", field]
    out = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    for line in out.splitlines():
        values = dict(zip(FIELDS, line.split("\t")))
        yield {name: value.split(";") if value else [] for name, value in values.items()}


def index_of_last(chain, layers):
    return sum(1 for layer in layers if chain[layer] == chain[layers[-1]]) - 1


def is_whole(frame, chain, layers):
    network = chain[layers[-1]]
    names = ("src", "dst", "len" if network == "ip" else "plen")
    return min(len(frame[f"{network}.{name}"]) for name in names) > index_of_last(chain, layers)


def innermost(frame):
    """The innermost network layer and what is said of it: name, transport, length, addresses, fragment."""
    chain = frame["frame.protocols"][0].split(":")
    # What an ICMP error quotes is its payload.
    quote = min((at for at, name in enumerate(chain) if name in ("icmp", "icmpv6")), default=len(chain))
    layers = [at for at, name in enumerate(chain[:quote]) if name in NETWORKS]
    # A header that was cut or is none: what carries it may be traffic.
    while layers and not is_whole(frame, chain, layers):
        layers.pop()
    if not layers:
        return None
    network = chain[layers[-1]]
    above = [name for name in chain[layers[-1] + 1:] if name in TRANSPORTS]
    index = index_of_last(chain, layers)
    if network == "ip":
        length = int(frame["ip.len"][index])
        ends = (frame["ip.src"][index], frame["ip.dst"][index])
        offset = int(frame["ip.frag_offset"][index])
        identity = (ends, frame["ip.id"][index], frame["ip.proto"][index])
    else:
        length = int(frame["ipv6.plen"][index]) + 40
        ends = (frame["ipv6.src"][index], frame["ipv6.dst"][index])
        offset = int(frame["ipv6.fraghdr.offset"][-1]) if frame["ipv6.fraghdr.offset"] else 0
        identity = (ends, *frame["ipv6.fraghdr.ident"])
    return above[0] if above else None, length, ends, offset, identity


def nanoseconds(text):
    seconds, fraction = text.split(".")
    return int(seconds) * 10**9 + int(fraction.ljust(9, "0")[:9])


class Stream:
    def __init__(self, file, transport, number, end):
        self.row = dict.fromkeys(COLUMNS, 0)
        self.row.update(file=file, transport=transport, first=number, initialRtt=-1, connectTime=-1)
        self.end = end
        self.finished = set()
        self.syn = None

    def add(self, end, length):
        side = "A" if end == self.end else "B"
        self.row["packets" + side] += 1
        self.row["bytes" + side] += length
        return side

    def segment(self, frame, side):
        """What tshark's own analysis and the flags say."""
        for column, field in (("retransmitted", "retransmission"), ("outOfOrder", "out_of_order"), ("zeroWindow", "zero_window")):
            self.row[column + side] += bool(frame["tcp.analysis." + field])
        self.row["keepAlives"] += bool(frame["tcp.analysis.keep_alive"])
        if frame["tcp.analysis.initial_rtt"]:
            self.row["initialRtt"] = nanoseconds(frame["tcp.analysis.initial_rtt"][-1])
        flags = int(frame["tcp.flags"][-1], 16)
        time = nanoseconds(frame["frame.time_epoch"][0])
        if flags & SYN and not flags & (ACK | RST) and self.syn is None:
            self.syn = (side, time)
        if flags & SYN and flags & ACK and self.syn and self.syn[0] != side and self.row["connectTime"] < 0:
            self.row["connectTime"] = time - self.syn[1]
        if flags & RST:
            self.row["resets"] += 1
            # A reset after both sides have finished ends nothing.
            if self.row["resets"] == 1 and len(self.finished) < 2:
                self.row["endings"] = 1
        elif flags & FIN:
            self.finished.add(side)


def streams(folder, file):
    """The streams of a capture, in the order of their first frames."""
    found = {}
    firsts = {}
    for frame in frames(folder + "/" + file):
        layer = innermost(frame)
        if layer is None:
            continue
        transport, length, ends, offset, identity = layer
        number = int(frame["frame.number"][0])
        if offset > 0:
            if identity in firsts:
                key, end = firsts[identity]
                found[key].add(end, length)
            continue
        if transport not in ("tcp", "udp", "sctp"):
            continue
        if not frame["sctp.dstport" if transport == "sctp" else transport + ".stream"]:
            continue  # its header was cut
        end = (ends[0], frame[transport + ".srcport"][-1])
        if transport == "sctp":
            key = (transport, *sorted((end, (ends[1], frame["sctp.dstport"][-1]))))
        else:
            key = (transport, frame[transport + ".stream"][-1])
        if key not in found:
            found[key] = Stream(file, transport, number, end)
        firsts[identity] = (key, end)
        side = found[key].add(end, length)
        if transport == "tcp":
            found[key].segment(frame, side)
    return sorted((stream.row for stream in found.values()), key=lambda row: row["first"])


def main():
    folder, *named = sys.argv[1:]
    if not named:
        with open(folder + "/ORACLE.tsv", encoding="utf-8") as oracle:
            named = sorted({line.split("\t")[0] for line in oracle if "\tcapinfos_packets\t" in line})
    print("\t".join(COLUMNS))
    for file in named:
        for row in streams(folder, file):
            print("\t".join(str(row[name]) for name in COLUMNS))


if __name__ == "__main__":
    main()
