#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
#
# Fails if a frame takes more instructions or allocations than Benchmarks/budget.tsv allows.
#
#   Benchmarks/budget.sh            # check, as CI does
#   Benchmarks/budget.sh --update   # write down what it takes now; commit the file
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v valgrind >/dev/null; then
    echo "budget: needs valgrind (apt-get install valgrind)" >&2
    exit 1
fi
SVCMAP_BENCH=1 swift build -c release --product Benchmarks >&2
program=$(mktemp)
trap 'rm -f "$program"' EXIT
# valgrind ends at debug information it cannot read.
strip -o "$program" "$(swift build -c release --show-bin-path)/Benchmarks"
chmod +x "$program"
python3 Benchmarks/budget.py "$program" "$@"
