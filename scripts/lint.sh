#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
#
# Formatter, import table and house rules. The compiler's part (warnings as errors) is the
# build with SVCMAP_STRICT, which CI uses throughout.
set -eu
cd "$(dirname "$0")/.."
swift format lint --strict -p -r Sources Tests Fuzz Benchmarks Package.swift
python3 scripts/import-table.py
