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
. scripts/serve-example.sh
# The system interpreter: Debian puts selenium there.
CHROMIUM=$browser /usr/bin/python3 Tests/browser/page_test.py --url "$url"
if command -v geckodriver >/dev/null && { command -v firefox-esr || command -v firefox; } >/dev/null; then
    SVCMAP_BROWSER=firefox /usr/bin/python3 Tests/browser/page_test.py --url "$url"
else
    echo "skipped: the page in Firefox (apt-get install firefox-esr, and geckodriver on the path)"
fi
if axe=$(scripts/axe.sh); then
    CHROMIUM=$browser /usr/bin/python3 Tests/browser/axe_test.py --url "$url" --axe "$axe"
else
    echo "skipped: accessibility audit: axe-core cannot be installed (it needs python3-venv and PyPI)"
fi
CHROMIUM=$browser /usr/bin/python3 Tests/browser/hostile_test.py --svcmap "$binary"
CHROMIUM=$browser /usr/bin/python3 Tests/browser/access_test.py --svcmap "$binary"
CHROMIUM=$browser /usr/bin/python3 Tests/browser/crowd_test.py --svcmap "$binary"

stop_server
