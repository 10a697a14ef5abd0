#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
#
# Runs the tests in this process under the address sanitizer, or with SANITIZER=thread under the
# thread sanitizer, in a build tree of its own that takes minutes to make.
#
# RenderTests start a worker whose address space is limited to less than a sanitizer maps, and
# SvcmapTests test the program from outside: both are left out.
set -euo pipefail
cd "$(dirname "$0")/.."

sanitizer=${SANITIZER:-address}
scratch=.build-$sanitizer
swift build --build-tests --sanitize="$sanitizer" --scratch-path "$scratch"
# XCTest leaks two objects of its own at exit, 144 bytes, which would fail every run.
export ASAN_OPTIONS=detect_leaks=0
# Swift's own report of a crash would come before the sanitizer's.
SWIFT_BACKTRACE=enable=no swift test --skip-build --sanitize="$sanitizer" --scratch-path "$scratch" \
    --filter '^(FlowModel|Collector|Fuzz|Graph|Storage|Kubernetes|Server)Tests\.'
