#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
#
# Measures svcmap beside the peers that are installed: processor time on captures, then memory.
#
#   Benchmarks/run.sh [CAPTURE...]
#
# Without captures, those in SVCMAP_BENCH_FILES (separated by blanks), else a generated one.
# Data stays in bench-data/ (or SVCMAP_BENCH_DIR), 2 GB of it; SVCMAP_BENCH_MB is the size of the
# generated capture, SVCMAP_BENCH_MEMORY=0 leaves memory out.
set -euo pipefail
cd "$(dirname "$0")/.."
data=${SVCMAP_BENCH_DIR:-bench-data}
megabytes=${SVCMAP_BENCH_MB:-200}
mkdir -p "$data"
captures=("$@")
if [ ${#captures[@]} -eq 0 ]; then read -ra captures <<<"${SVCMAP_BENCH_FILES:-}"; fi
if [ ${#captures[@]} -eq 0 ]; then
    captures=("$data/generated-$megabytes.pcap")
    [ -s "${captures[0]}" ] || python3 Benchmarks/generate.py "${captures[0]}" --megabytes "$megabytes"
fi
SVCMAP_BENCH=1 swift build -c release --product Benchmarks >&2
binaries=$(swift build -c release --show-bin-path)
loop=()
if "${CC:-cc}" -O2 -o "$data/pcaploop" Benchmarks/pcaploop.c -lpcap; then loop=(--pcaploop "$data/pcaploop"); fi
python3 Benchmarks/compare.py --svcmap "$binaries/svcmap" --benchmarks "$binaries/Benchmarks" "${loop[@]}" "${captures[@]}"
for capture in "${captures[@]}"; do
    printf '\n### Layers of %s\n\n' "$(basename "$capture")"
    "$binaries/Benchmarks" layers "$capture"
done
if [ "${SVCMAP_BENCH_MEMORY:-1}" != 0 ]; then
    printf '\n### Memory\n\n'
    python3 Benchmarks/memory.py --svcmap "$binaries/svcmap" --data "$data"
fi
