#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
#
# Installs what is missing, by apt, for building (build) or for building and testing (test).
# Says nothing and changes nothing when all of it is there.
set -eu

build='git pkg-config libpcap-dev libsqlite3-dev libgraphviz-dev graphviz zlib1g-dev libre2-dev'
# python3-selenium drives Chromium through its driver; nodejs runs the page's unit tests;
# valgrind counts the instructions that a frame takes, of a program that strip (binutils) left
# without debug information.
# librsvg2-bin makes PNG and PDF of pictures.
test="$build librsvg2-bin nodejs openssl python3 python3-venv python3-selenium curl iproute2 libcap2-bin valgrind binutils"

case "${1:-}" in
build) wanted=$build ;;
test) wanted=$test ;;
*)
    echo "usage: $0 build|test" >&2
    exit 2
    ;;
esac

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing=
for package in $wanted; do
    case $package in
    # A tool that is there already, however it was installed, is enough.
    git | curl | openssl | python3 | valgrind) command -v "$package" >/dev/null 2>&1 && continue ;;
    binutils) command -v strip >/dev/null 2>&1 && continue ;;
    nodejs) command -v node >/dev/null 2>&1 && continue ;;
    esac
    is_installed "$package" || missing="$missing $package"
done
if [ "$1" = test ] && ! command -v chromium >/dev/null 2>&1 && ! command -v google-chrome >/dev/null 2>&1 \
    && [ -z "${CHROMIUM:-}" ]; then
    missing="$missing chromium chromium-driver"
elif [ "$1" = test ] && ! command -v chromedriver >/dev/null 2>&1; then
    missing="$missing chromium-driver"
fi
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "svcmap: missing packages:$missing" >&2
    echo "svcmap: this system has no apt; install their equivalents by hand" >&2
    exit 1
fi
if [ "$(id -u)" -eq 0 ]; then
    as_root=
elif command -v sudo >/dev/null 2>&1; then
    as_root=sudo
else
    echo "svcmap: run this once as root, or install by hand: apt-get install$missing" >&2
    exit 1
fi
echo "svcmap: installing$missing" >&2
$as_root apt-get update -qq
# Ubuntu has no chromium package that runs outside snap: the browser is worth having, but
# only the browser test needs it.
for package in $missing; do
    case $package in
    chromium | chromium-driver)
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" \
            >/dev/null 2>&1 || echo "svcmap: could not install $package; the browser test will say so" >&2
        ;;
    *)
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null
        ;;
    esac
done
