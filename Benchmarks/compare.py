#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""Runs svcmap and its peers on capture files in turn, A B A B, and prints what each cost and
whether the targets of docs/performance.md are met."""

import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

import measure

COPY = "tcpdump -r FILE -w /dev/null"
PEERS = {
    COPY: "copies",
    "softflowd -r FILE -n 127.0.0.1:9 -p PID": "flows",
    "argus -r FILE -w /dev/null": "flows, TCP round trips",
    "ndpiReader -q -i FILE": "flows, protocol names",
    "tshark -q -z conv,tcp -r FILE": "everything dissected",
}
# Ours, the peer, the ratio that must be reached, and whether it is an aim only.
TARGETS = [
    ("flows", "softflowd", 1, False),
    ("flows", "tcpdump", 1, True),
    ("everything", "ndpiReader", 1 / 2, False),
    ("everything", "argus", 1 / 2, False),
    ("everything", "tshark", 1 / 50, False),
    ("everything", "tcpdump", 1, True),
    ("reading", "pcaploop", 1, False),
    ("reading", "pcaploop", 1 / 2, True),
]
WORK = {
    "flows": "flows and TCP facts only",
    "everything": "everything on, store written",
    "reading": "reading alone",
}
TWO_CORES = 1.7


class Contender:
    def __init__(self, name: str, does: str, command: list[str], is_ours: bool = False):
        self.name, self.does, self.command, self.is_ours = name, does, command, is_ours
        self.costs: list[measure.Cost] = []

    def median(self) -> float:
        return statistics.median(cost.cpu for cost in self.costs)

    def wall(self) -> float:
        return statistics.median(cost.wall for cost in self.costs)


def contenders(arguments, capture: str, work: pathlib.Path) -> dict[str, Contender]:
    store, found = work / "map.db", {}
    help_text = subprocess.run([arguments.svcmap, "import", "--help"], capture_output=True, text=True).stdout

    def ours(key: str, name: str, does: str, command: list[str]):
        found[key] = Contender(name, does, command, is_ours=True)

    everything = measure.import_command(arguments.svcmap, capture, store)
    ours("everything", "svcmap import FILE", "flows, dissectors, histograms, store", everything)
    if "--flows-only" in help_text:
        ours("flows", "svcmap import FILE --flows-only", "flows, TCP facts, store", everything + ["--flows-only"])
    if "--threads" in help_text:
        for count in (1, 2):
            ours(f"threads{count}", f"svcmap import FILE --threads {count}", "everything",
                 everything + ["--threads", str(count)])
    if arguments.benchmarks:
        ours("reading", "Benchmarks read FILE", "our reading alone", [arguments.benchmarks, "read", capture])
    if arguments.pcaploop:
        found["pcaploop"] = Contender("bare libpcap loop", "nothing", [arguments.pcaploop, capture])
    for line, does in PEERS.items():
        command = line.replace("FILE", capture).replace("PID", str(work / "pid")).split()
        if shutil.which(command[0]):
            found[command[0]] = Contender(line.replace(" -p PID", ""), does, command)
    return found


def measure_all(found: dict[str, Contender], capture: str, work: pathlib.Path, rounds: int):
    subprocess.run(["cat", capture], stdout=subprocess.DEVNULL, check=True)  # warm the page cache
    for number in range(rounds):
        for key, contender in found.items():
            # One run tells enough of a tool that takes a hundred times longer.
            if key == "tshark" and number > 0:
                continue
            for path in work.glob("map.db*"):
                path.unlink()
            contender.costs.append(measure.cost(contender.command))


def print_costs(found: dict[str, Contender]):
    anchor = found["tcpdump"].median() if "tcpdump" in found else None
    print("| command | CPU seconds, median | least | ratio to tcpdump | peak MiB | does |")
    print("|---|--:|--:|--:|--:|---|")
    for contender in found.values():
        median, least = contender.median(), min(cost.cpu for cost in contender.costs)
        ratio = f"{median / anchor:.2f}" if anchor else "-"
        peak = max(cost.peak_mib for cost in contender.costs)
        print(f"| `{contender.name}` | {median:.2f} | {least:.2f} | {ratio} | {peak} | {contender.does} |")


def print_targets(found: dict[str, Contender]):
    print("| work | CPU seconds | beside | CPU seconds | ratio | wanted | |")
    print("|---|--:|---|--:|--:|--:|---|")
    for ours, peer, wanted, is_aim in TARGETS:
        if ours not in found or peer not in found:
            continue
        mine, theirs = found[ours].median(), found[peer].median()
        ratio = mine / max(theirs, 0.001)
        state = "met" if ratio <= wanted else "**missed**"
        limit = f"{wanted:.2f}" + (" (aim)" if is_aim else "")
        print(f"| {WORK[ours]} | {mine:.2f} | {peer} | {theirs:.2f} | {ratio:.3f} | {limit} | {state} |")
    if "threads1" in found and "threads2" in found:
        one, two = found["threads1"], found["threads2"]
        ratio = one.wall() / max(two.wall(), 0.001)
        state = "met" if ratio >= TWO_CORES else "**missed**"
        print(f"| two cores, on the clock | {two.wall():.2f} | one core | {one.wall():.2f} | {ratio:.2f} times | "
              f"{TWO_CORES} times | {state} |")
    print()
    for key, text in [("flows", "`svcmap import` has no --flows-only"), ("threads2", "`svcmap import` has no --threads"),
                      ("pcaploop", "no C compiler or libpcap: no bare loop")]:
        if key not in found:
            print(f"left out: {text}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--svcmap", required=True, help="the release binary")
    parser.add_argument("--benchmarks", help="the Benchmarks binary, for reading alone")
    parser.add_argument("--pcaploop", help="a compiled pcaploop.c")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("files", nargs="+", metavar="FILE", help="a capture")
    arguments = parser.parse_args()
    missing = [peer.split()[0] for peer in PEERS if not shutil.which(peer.split()[0])]
    if missing:
        print(f"not installed, left out: {', '.join(missing)} "
              "(apt-get install tcpdump softflowd tshark argus-server libndpi-bin)", file=sys.stderr)
    for capture in arguments.files:
        with tempfile.TemporaryDirectory() as folder:
            work = pathlib.Path(folder)
            found = contenders(arguments, capture, work)
            measure_all(found, capture, work, arguments.rounds)
        print(f"\n### {os.path.basename(capture)}: {os.path.getsize(capture) / 1e6:,.0f} MB\n")
        print_targets(found)
        print()
        print_costs(found)
        sys.stdout.flush()


if __name__ == "__main__":
    main()
