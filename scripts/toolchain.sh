#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
#
# Checks that a Swift 6.3 toolchain (or newer) is there, and says how to get one where not.
set -eu

need='svcmap needs a Swift 6.3 toolchain or newer.
Get one from https://www.swift.org/install/linux/, or on most Linux systems:
  curl -O https://download.swift.org/swiftly/linux/swiftly-$(uname -m).tar.gz
  tar xzf swiftly-$(uname -m).tar.gz && ./swiftly init && swiftly install 6.3
Without a toolchain, "docker build -t svcmap ." builds it in a container.'

if ! command -v swift >/dev/null 2>&1; then
    printf 'svcmap: no swift in PATH.\n%s\n' "$need" >&2
    exit 1
fi
version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9]*\.[0-9][0-9]*\).*/\1/p' | head -n 1)
major=${version%%.*}
minor=${version#*.}
if [ -z "$version" ] || [ "$major" -lt 6 ] || { [ "$major" -eq 6 ] && [ "$minor" -lt 3 ]; }; then
    printf 'svcmap: found Swift %s.\n%s\n' "${version:-of an unknown version}" "$need" >&2
    exit 1
fi
