#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
#
# Installs axe-core, which audits pages for accessibility, for tests alone, and prints where its script is. It comes inside
# a package of PyPI, as schemathesis does, so that the tests need no other registry.
set -euo pipefail
cd "$(dirname "$0")/.."

version=0.1.8
environment=.build/axe-$version
script=$environment/package/axe_playwright_python/axe.min.js
if [ ! -f "$script" ]; then
    rm -rf "$environment"
    python3 -m venv "$environment" >&2 || exit 1
    "$environment/bin/pip" --quiet install --no-deps --target "$environment/package" "axe-playwright-python==$version" >&2 || exit 1
fi
echo "$script"
