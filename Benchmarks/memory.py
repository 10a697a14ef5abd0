#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""Peak memory of `svcmap import` on what fills its tables, beside the limits promised in
docs/performance.md.

Captures are written by flood.py into DATA, or found there from an earlier run.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

import measure

HERE = pathlib.Path(__file__).parent
LIMIT_MIB, AIM_MIB = 400, 250
# How much more of the same traffic may need: noise of the allocator.
GROWTH = 1.1


class Run:
    def __init__(self, svcmap: str, capture: pathlib.Path, *options: str):
        with tempfile.TemporaryDirectory() as folder:
            work = pathlib.Path(folder)
            command = measure.import_command(svcmap, str(capture), work / "map.db", *options)
            self.cost = measure.cost(command, str(work / "summary"))
            self.summary = (work / "summary").read_text()

    def count(self, words: str) -> str:
        """A figure of the summary, before some words."""
        match = re.search(rf"([0-9,]+) {words}", self.summary)
        return match.group(1) if match else "0"


def capture(data: pathlib.Path, kind: str, count: int) -> pathlib.Path:
    path = data / f"flood-{kind}-{count}.pcap"
    if not path.exists():
        part = path.with_suffix(".part")
        subprocess.run([sys.executable, HERE / "flood.py", kind, str(count), part], check=True)
        part.rename(path)
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--svcmap", required=True, help="the release binary")
    parser.add_argument("--data", required=True, type=pathlib.Path, help="where captures are kept")
    parser.add_argument("--flows", type=int, default=1_000_000, help="connections open at once")
    parser.add_argument("--flood", type=int, default=5_000_000, help="attempts of a flood")
    arguments = parser.parse_args()
    # Those of the 20 clients beside them too.
    room = ("--max-flows", str(arguments.flows + 100))

    def state(peak: int) -> str:
        return "met, aim too" if peak <= AIM_MIB else "met" if peak <= LIMIT_MIB else "**missed**"

    print("| memory | frames | CPU seconds | peak MiB | wanted | | requests of real clients | folded | pushed out |")
    print("|---|--:|--:|--:|--:|---|--:|--:|--:|")
    floods = [("scan", "a scan"), ("syn", "a flood of SYNs"), ("udp", "a spray of datagrams")]
    for kind, name, count, options in [("flows", "connections open at once", arguments.flows, room)] + [
            (kind, name, arguments.flood, ()) for kind, name in floods]:
        run = Run(arguments.svcmap, capture(arguments.data, kind, count), *options)
        print(f"| {name}: {count:,} | {run.count('frames?')} | {run.cost.cpu:.1f} | {run.cost.peak_mib} | {LIMIT_MIB} | "
              f"{state(run.cost.peak_mib)} | {run.count('http')} | {run.count('endpoints')} | {run.count('flows were pushed')} |",
              flush=True)
    # A table that the shorter one fills as well.
    full = ("--max-flows", str(arguments.flows // 60))
    once = Run(arguments.svcmap, capture(arguments.data, "calls", arguments.flows // 10), *full)
    ten = Run(arguments.svcmap, capture(arguments.data, "calls", arguments.flows), *full)
    growth = ten.cost.peak_mib / once.cost.peak_mib
    print(f"| ten times the file | {ten.count('frames?')} | {ten.cost.cpu:.1f} | {once.cost.peak_mib} -> {ten.cost.peak_mib} | "
          f"{GROWTH} times | {'met' if growth <= GROWTH else '**missed**'}: {growth:.2f} times | {ten.count('http')} | "
          f"{ten.count('endpoints')} | {ten.count('flows were pushed')} |")


if __name__ == "__main__":
    main()
