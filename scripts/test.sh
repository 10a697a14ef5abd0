#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
#
# Every test, in one release build tree. What failed is repeated at the end, and so are skips.
set -euo pipefail
cd "$(dirname "$0")/.."

log=$(mktemp)
finish() {
    local status=$?
    if [ "$status" != 0 ]; then
        echo "== what failed" >&2
        grep -aE '^(✘|not ok|FAIL|ERROR|E  )|error:|Fatal error' "$log" >&2 || true
    fi
    rm -f "$log"
    exit "$status"
}
trap finish EXIT

# The binary first: the end-to-end tests run it.
swift build -c release --product svcmap
# Eight at a time: with all of them at once a single one may stand still for minutes on a small machine.
swift test -c release --disable-testable-imports --experimental-maximum-parallelization-width 8 2>&1 | tee "$log"

echo "== page unit tests"
node --test Tests/public/*.test.mjs 2>&1 | tee -a "$log"

echo "== browser test"
scripts/browser-test.sh 2>&1 | tee -a "$log"

echo "== API test"
scripts/api-test.sh 2>&1 | tee -a "$log"

skips=$(grep -c '^skipped:' "$log" || true)
grep '^skipped:' "$log" | sort -u || true
echo "all tests passed; $skips skipped"
