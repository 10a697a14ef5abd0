#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""Checks who imports whom, and the other rules of the house that a script can see.

The table is that of docs/architecture.md. Exit code 1 with one line for each breach.
"""

import pathlib
import re
import sys

OPEN = {"Foundation", "Synchronization", "Logging", "SystemPackage", "ServiceLifecycle", "Glibc", "Dispatch"}
PURE = {"FlowModel", "Graph"}
TABLE = {
    "FlowModel": set(),
    "Collector": {"FlowModel", "CPcap", "CZlib", "Crypto"},
    "Graph": {"FlowModel", "CRE2"},
    "Storage": {"FlowModel", "Graph", "GRDB", "GRDBSQLite"},
    "Kubernetes": {"FlowModel", "Graph"},
    "Render": {"FlowModel", "Graph", "CGraphviz", "Subprocess"},
    "Server": {
        "FlowModel", "Graph", "Storage", "Render", "CPage", "CZlib", "Crypto", "Hummingbird", "HummingbirdCore", "HTTPTypes", "NIOCore",
        "HummingbirdTLS", "NIOHTTP1", "NIOHTTPTypes", "NIOSSL", "NIOCertificateReloading",
    },
    "svcmap": {
        "FlowModel", "Collector", "Graph", "Storage", "Kubernetes", "Render", "Server",
        "ArgumentParser", "Configuration", "Yams", "UnixSignals",
    },
}
# `unsafe` is for the rooms that meet C.
UNSAFE_ROOMS = {"Collector", "Render", "Storage", "Server", "svcmap"}
# Graph stays pure: RE2 does no input or output, and one file may speak to it.
UNSAFE_FILES = {"Graph/Expressions/Evaluation/RE2Pattern.swift"}
MAXIMUM_LINES = 400
IMPORT = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:public |package |internal |fileprivate |private )?import "
    r"(?:struct |class |enum |protocol |func |typealias |var |let )?(\w+)", re.M)
DECLARATION = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*package (?:private\(set\) |static |final |mutating |consuming |borrowing |override |convenience |indirect )*"
    r"(struct|class|enum|protocol|actor|func|init)\b")


def check(path: pathlib.Path, room: str) -> list[str]:
    breaches = []
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    allowed = TABLE[room] | (set() if room in PURE else OPEN)
    for match in IMPORT.finditer(text):
        if match.group(1) not in allowed:
            breaches.append(f"{path}: {room} may not import {match.group(1)}")
    if len(lines) > MAXIMUM_LINES:
        breaches.append(f"{path}: {len(lines)} lines, more than {MAXIMUM_LINES}: split it")
    if lines[:2] != ["// SPDX-License-Identifier: Apache-2.0", "// Part of svcmap."]:
        breaches.append(f"{path}: no two-line header")
    code = re.sub(r"//[^\n]*", "", text)
    if "@unchecked Sendable" in code:
        breaches.append(f"{path}: @unchecked Sendable")
    is_door = path.as_posix().split("/Sources/")[-1] in UNSAFE_FILES
    if room not in UNSAFE_ROOMS and not is_door and re.search(r"\bunsafe\b", code):
        breaches.append(f"{path}: unsafe outside the rooms that meet C")
    if "Wire" in path.parts and re.search(r"\b(CapturedFrame|PacketSource|CaptureError)\b", code):
        breaches.append(f"{path}: Wire may not know Capture")
    for number, line in enumerate(lines):
        if DECLARATION.match(line) and "init()" not in line:
            before = number - 1
            while before >= 0 and lines[before].lstrip().startswith("@"):
                before -= 1
            kind = DECLARATION.match(line).group(1)
            documented = before >= 0 and lines[before].lstrip().startswith("///")
            if kind in {"struct", "class", "enum", "protocol", "actor"} and not documented:
                breaches.append(f"{path}:{number + 1}: package {kind} without a doc comment")
    return breaches


def main() -> int:
    root = pathlib.Path(__file__).resolve().parent.parent
    breaches = []
    for path in sorted((root / "Sources").rglob("*.swift")):
        room = path.relative_to(root / "Sources").parts[0]
        if room not in TABLE:
            breaches.append(f"{path}: no room {room} in the table")
            continue
        breaches += check(path, room)
    for path in sorted((root / "public").rglob("*")):
        if path.suffix in {".js", ".css"} and len(path.read_text(encoding="utf-8").splitlines()) > MAXIMUM_LINES:
            breaches.append(f"{path}: more than {MAXIMUM_LINES} lines: split it")
    for breach in breaches:
        print(breach.replace(f"{root}/", ""), file=sys.stderr)
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
