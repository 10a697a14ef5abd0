#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""Runs commands on one file in turn, A B A B, and prints CPU seconds, medians and ratios."""

import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile


def cpu_seconds(command: list[str]) -> tuple[float, int]:
    """User and system time of the whole process tree, and its peak memory in KiB."""
    pid = os.fork()
    if pid == 0:
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        os.execvp(command[0], command)
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        raise SystemExit(f"{' '.join(command)} failed with {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--svcmap", required=True, help="the release binary")
    parser.add_argument("--file", required=True, help="the capture")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    capture = arguments.file
    with tempfile.TemporaryDirectory() as work:
        store = pathlib.Path(work) / "map.db"
        contenders = {
            "tcpdump -r FILE -w /dev/null": (["tcpdump", "-r", capture, "-w", "/dev/null"], "copies"),
            "svcmap import FILE": ([arguments.svcmap, "import", capture, "--store", str(store)],
                                   "flows, HTTP, DNS, histograms, store"),
            "softflowd -r FILE": (["softflowd", "-r", capture, "-n", "127.0.0.1:9"], "flows"),
            "argus -r FILE -w /dev/null": (["argus", "-r", capture, "-w", "/dev/null"], "flows, TCP round trips"),
            "ndpiReader -q -i FILE": (["ndpiReader", "-q", "-i", capture], "flows, protocol names"),
            "tshark -q -z conv,tcp -r FILE": (["tshark", "-q", "-z", "conv,tcp", "-r", capture], "everything dissected"),
        }
        contenders = {name: value for name, value in contenders.items() if shutil.which(value[0][0])}
        times = {name: [] for name in contenders}
        peaks = dict.fromkeys(contenders, 0)
        subprocess.run(["cat", capture], stdout=subprocess.DEVNULL, check=True)  # warm the page cache
        for round_number in range(arguments.rounds):
            for name, (command, _) in contenders.items():
                # One run tells enough of a tool that takes a hundred times longer.
                if "tshark" in name and round_number > 0:
                    continue
                for path in pathlib.Path(work).glob("map.db*"):
                    path.unlink()
                seconds, peak = cpu_seconds(command)
                times[name].append(seconds)
                peaks[name] = max(peaks[name], peak)
    anchor = statistics.median(times["tcpdump -r FILE -w /dev/null"])
    print("| command | CPU seconds, median | least | ratio to tcpdump | peak MiB | does |")
    print("|---|--:|--:|--:|--:|---|")
    for name, (_, does) in contenders.items():
        median = statistics.median(times[name])
        print(f"| `{name}` | {median:.2f} | {min(times[name]):.2f} | {median / anchor:.2f} | {peaks[name] // 1024} | {does} |")


if __name__ == "__main__":
    main()
