#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
#
# Serves the example cluster from the release binary and drives the page with a real browser.
set -euo pipefail
cd "$(dirname "$0")/.."

browser=${CHROMIUM:-$(command -v chromium || command -v google-chrome || true)}
if [ -z "$browser" ] || ! command -v chromedriver >/dev/null; then
    echo "skipped: browser test: no Chromium with chromedriver (apt-get install chromium chromium-driver, or set CHROMIUM)"
    # CI must not pass by not looking.
    [ -z "${CI:-}" ] || exit 1
    exit 0
fi

binary=$(swift build -c release --show-bin-path)/svcmap
work=$(mktemp -d)
server=
cleanup() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT

"$binary" import Examples/cluster/demo.pcap --inventory Examples/cluster/objects.json --store "$work/map.db" 2>/dev/null
"$binary" serve --store "$work/map.db" --port 0 2>"$work/serve.log" &
server=$!
for _ in $(seq 100); do
    url=$(sed -n 's/.*\(http:\/\/127\.0\.0\.1:[0-9]*\).*/\1/p' "$work/serve.log" | head -n 1)
    [ -n "$url" ] && break
    kill -0 "$server" 2>/dev/null || { cat "$work/serve.log" >&2; exit 1; }
    sleep 0.1
done
# The system interpreter: Debian puts selenium there.
CHROMIUM=$browser /usr/bin/python3 Tests/browser/page_test.py --url "$url"
CHROMIUM=$browser /usr/bin/python3 Tests/browser/hostile_test.py --svcmap "$binary"
CHROMIUM=$browser /usr/bin/python3 Tests/browser/access_test.py --svcmap "$binary"

# Ctrl-C must end it cleanly, with the page still open a moment ago.
kill -INT "$server"
wait "$server"
server=
