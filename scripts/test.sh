#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
#
# Every test, in one release build tree. Skips are repeated and counted at the end.
set -euo pipefail
cd "$(dirname "$0")/.."

log=$(mktemp)
trap 'rm -f "$log"' EXIT

# The binary first: the end-to-end tests run it.
swift build -c release --product svcmap
swift test -c release --disable-testable-imports 2>&1 | tee "$log"

echo "== page unit tests"
node --test Tests/public/*.test.mjs 2>&1 | tee -a "$log"

echo "== browser test"
scripts/browser-test.sh 2>&1 | tee -a "$log"

echo "== API test"
scripts/api-test.sh 2>&1 | tee -a "$log"

skips=$(grep -c '^skipped:' "$log" || true)
grep '^skipped:' "$log" | sort -u || true
echo "all tests passed; $skips skipped"
