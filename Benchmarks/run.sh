#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
#
# Measures `svcmap import` on a generated capture beside the peers that are installed.
# Data stays in bench-data/ (or SVCMAP_BENCH_DIR); SVCMAP_BENCH_MB sets its size.
set -euo pipefail
cd "$(dirname "$0")/.."
data=${SVCMAP_BENCH_DIR:-bench-data}
megabytes=${SVCMAP_BENCH_MB:-200}
mkdir -p "$data"
capture=$data/generated-$megabytes.pcap
[ -s "$capture" ] || python3 Benchmarks/generate.py "$capture" --megabytes "$megabytes"
SVCMAP_BENCH=1 swift build -c release --product Benchmarks >&2
for peer in tcpdump softflowd tshark argus:argus-server ndpiReader:libndpi-bin; do
    command -v "${peer%%:*}" >/dev/null || echo "not installed, left out: ${peer%%:*} (apt-get install ${peer#*:})" >&2
done
python3 Benchmarks/compare.py --svcmap "$(swift build -c release --show-bin-path)/svcmap" --file "$capture"
echo
"$(swift build -c release --show-bin-path)/Benchmarks" "$capture"
