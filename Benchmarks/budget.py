#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""Checks, or writes down anew, what a frame may cost: see budget.sh.

Instructions are those that a frame more takes: the difference between a capture and one of twice
its length, as callgrind counts them. Allocations are those behind the first half.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
BUDGET = HERE / "budget.tsv"
# A larger one fails; a smaller one asks for a new budget where it is this much smaller. The same tree took 1.1 % more on
# another machine where frames are short and little is copied: which memcpy and memcmp run depends on the processor.
TOLERANCE = 0.05
# Tables grow when their seed, which is random, makes keys fall together.
ALLOCATION_TOLERANCE = 0.01
EXCHANGES = 12_000
# Of one protocol: so many that findings of the first half are folded in it, whose batches are large (decision 10).
PROTOCOL_EXCHANGES = 12_800
# In the order of how frequent they are in a cluster; see exchanges.py for what is said in each.
PROTOCOLS = ["redis", "http2", "grpc", "postgresql", "mysql", "kafka", "dns", "tls", "mongodb", "amqp", "mqtt", "nats",
             "memcached", "cassandra", "zookeeper", "ldap", "thrift", "dubbo", "websocket"]
WORK = [("read", "http"), ("decode", "http"), ("account", "http"), ("account", "stream"),
        *(("account", name) for name in PROTOCOLS)]


def instructions(program: str, layer: str, capture: pathlib.Path, work: pathlib.Path) -> int:
    output = work / f"{layer}-{capture.name}.out"
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={output}", program, layer, str(capture)]
    run = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"SWIFT_DETERMINISTIC_HASHING": "1"})
    match = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode != 0 or not match:
        sys.exit(f"budget: {' '.join(command)} failed:\n{run.stderr[-2000:]}")
    return int(match.group(1))


def frames(program: str, capture: pathlib.Path) -> int:
    return int(subprocess.run([program, "read", capture], capture_output=True, text=True, check=True).stdout)


def measure(program: str, layer: str, kind: str, work: pathlib.Path) -> tuple[float, float]:
    captures = []
    exchanges = PROTOCOL_EXCHANGES if kind in PROTOCOLS else EXCHANGES
    for count in (exchanges, 2 * exchanges):
        captures.append(work / f"{layer}-{kind}-{count}.pcap")
        subprocess.run([sys.executable, HERE / "flood.py", kind, str(count), captures[-1]], check=True)
    half, whole = captures
    warm_up, count = frames(program, half), frames(program, whole)
    difference = instructions(program, layer, whole, work) - instructions(program, layer, half, work)
    steady = subprocess.run([program, "allocations", whole, layer, str(warm_up)], capture_output=True, text=True,
                            check=True).stdout.split()
    return difference / (count - warm_up), int(steady[0]) / int(steady[1])


def measured(program: str) -> dict[tuple[str, str], tuple[float, float]]:
    # Neither instructions nor allocations depend on what else is running.
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        work = pathlib.Path(folder)
        return dict(zip(WORK, pool.map(lambda row: measure(program, *row, work), WORK)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", help="the Benchmarks binary, stripped: valgrind cannot read its debug information")
    parser.add_argument("--update", action="store_true", help="write the budget down instead of checking it")
    arguments = parser.parse_args()
    costs = measured(arguments.program)
    if arguments.update:
        rows = [f"{layer}\t{kind}\t{instructions:.0f}\t{allocations:.3f}\n"
                for (layer, kind), (instructions, allocations) in costs.items()]
        BUDGET.write_text("layer\ttraffic\tinstructions\tallocations\n" + "".join(rows))
        print(BUDGET.read_text(), end="")
        return
    budget = {}
    for line in BUDGET.read_text().splitlines()[1:]:
        layer, kind, instructions_allowed, allocations_allowed = line.split("\t")
        budget[layer, kind] = (float(instructions_allowed), float(allocations_allowed))
    failures = 0
    for work, (found, allocations) in costs.items():
        allowed, allocations_allowed = budget[work]
        is_over = (found > allowed * (1 + TOLERANCE)
                   or allocations > allocations_allowed + ALLOCATION_TOLERANCE)
        failures += is_over
        state = "over" if is_over else "ok"
        if not is_over and (found < allowed * (1 - TOLERANCE)
                            or allocations < allocations_allowed - ALLOCATION_TOLERANCE):
            state = "ok, and less than before: write it down with Benchmarks/budget.sh --update"
        print(f"budget: {' '.join(work)}: {found:.0f} instructions a frame of {allowed:.0f}, "
              f"{allocations:.3f} allocations of {allocations_allowed:.3f}: {state}")
    if failures:
        sys.exit("budget: a frame costs more than before; make it cheaper, or say why in the commit that runs "
                 "Benchmarks/budget.sh --update")


if __name__ == "__main__":
    main()
