#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""Writes conformance.tsv from the conformance tests of the CEL specification.

    conformance.py FOLDER > conformance.tsv

FOLDER holds their .textproto files (tests/simple/testdata of cel-spec; README.md says where they
are to be had). Columns: file, section, name, why it is unsupported (empty where it is), the
expression, bindings and the expected result, the last three as JSON.
"""

import json
import pathlib
import re
import sys

FILES = [
    "basic", "comparisons", "conversions", "fields", "fp_math", "integer_math", "lists", "logic", "macros",
    "macros2", "parse", "plumbing", "string", "timestamps",
]
TOKEN = re.compile(r"""\s+|\#[^\n]*|(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<word>[-+\w.]+)|(?P<symbol>[{}\[\]:;,<>])""", re.S)
ESCAPES = {"n": 10, "t": 9, "r": 13, "a": 7, "b": 8, "f": 12, "v": 11, "\\": 92, "'": 39, '"': 34, "?": 63}


def unquoted(text):
    """The bytes of a string of the text format."""
    out, index = bytearray(), 1
    while index < len(text) - 1:
        if text[index] != "\\":
            out += text[index].encode()
            index += 1
            continue
        letter = text[index + 1]
        if match := re.compile(r"[0-7]{1,3}").match(text, index + 1):
            out.append(int(match.group(), 8) & 255)
            index = match.end()
        elif match := re.compile(r"[xX]([0-9a-fA-F]{1,2})").match(text, index + 1):
            out.append(int(match.group(1), 16))
            index = match.end()
        elif match := re.compile(r"u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})").match(text, index + 1):
            out += chr(int(match.group(1) or match.group(2), 16)).encode()
            index = match.end()
        else:
            out.append(ESCAPES[letter])
            index += 2
    return bytes(out)


class Reader:
    """Reads the text format of protocol buffers into lists of (name, value)."""

    def __init__(self, text):
        self.tokens = [m for m in TOKEN.finditer(text) if m.lastgroup]
        self.position = 0

    def peek(self):
        return self.tokens[self.position].group() if self.position < len(self.tokens) else None

    def message(self, closing=None):
        fields = []
        while (name := self.peek()) != closing:
            self.position += 1
            if name in ",;":
                continue
            if name == "[":
                parts = []
                while self.peek() != "]":
                    parts.append(self.peek())
                    self.position += 1
                self.position += 1
                name = "[" + "".join(parts) + "]"
            if self.peek() == ":":
                self.position += 1
            fields.append((name, self.value()))
        self.position += 1
        return fields

    def value(self):
        token = self.peek()
        self.position += 1
        if token == "{":
            return self.message("}")
        if token == "<":
            return self.message(">")
        if token == "[":
            values = []
            while self.peek() != "]":
                if self.peek() == ",":
                    self.position += 1
                else:
                    values.append(self.value())
            self.position += 1
            return values
        if token[0] in "\"'":
            text = unquoted(token)
            while self.peek() and self.peek()[0] in "\"'":
                text += unquoted(self.peek())
                self.position += 1
            return text
        return token


def get(fields, name, default=None):
    return next((value for key, value in fields if key == name), default)


def value(fields):
    """A value of cel.expr.Value as [type, text]; None where it is of a type we do not have."""
    for name, content in fields:
        if name == "null_value":
            return ["null", ""]
        if name == "bool_value":
            return ["bool", content]
        if name in ("int64_value", "uint64_value"):
            return [name.removesuffix("64_value"), str(int(content, 0))]
        if name == "double_value":
            return ["double", repr(float(content))]
        if name == "string_value":
            return ["string", content.decode()]
        if name == "bytes_value":
            return ["bytes", content.hex()]
        if name == "list_value":
            return ["list", [value(item) for key, item in content if key == "values"]]
        if name == "map_value":
            entries = [item for key, item in content if key == "entries"]
            return ["map", [[value(get(entry, "key")), value(get(entry, "value"))] for entry in entries]]
        if name == "object_value":
            for kind, inner in content:
                seconds, nanos = int(get(inner, "seconds", "0")), int(get(inner, "nanos", "0"))
                if kind.endswith("Duration]"):
                    return ["duration", str(seconds * 10**9 + nanos)]
                if kind.endswith("Timestamp]"):
                    return ["timestamp", str(seconds * 10**9 + nanos)]
    return None


def is_supported(result):
    return result is not None and (
        result[0] not in ("list", "map")
        or all(is_supported(v) for entry in result[1] for v in ([entry] if result[0] == "list" else entry))
    )


def unsupported(test, expression, expected, bindings):
    """Why svcmap does not do it: it then has to refuse the expression."""
    if re.search(r"TestAllTypes|google\.protobuf|x\.single|GlobalEnum", expression) or get(test, "container"):
        return "messages"
    if bindings is None or not is_supported(expected):
        return "a value of a type that is not there"
    if re.search(r"\btype\(", expression) or re.fullmatch(r"(bool|int|uint|double|string|bytes|list|map|null_type|type)", expression):
        return "types are no values"
    if re.search(r"\.(all|exists|existsOne|exists_one|transformList|transformMap)\(\s*\w+\s*,\s*\w+\s*,", expression) or "transform" in expression:
        return "comprehensions with two variables"
    if re.search(r"\w+/\w+'\)|TZ|'(Asia|Australia|America)", expression):
        return "names of time zones"
    if re.search(r"0001-01-01|9999-12-31|3155760|253402|62135596", expression):
        return "instants and durations beyond 64 bits of nanoseconds"
    if get(test, "check_only") == "true":
        return "types are no values"
    return REASONS.get((get(test, "name") or b"").decode(), "")


# Tests that turn the type checker off, and one that counts on it.
UNCHECKED = "types and names are checked first"
REASONS = dict.fromkeys(
    [
        "unbound_is_runtime_error", "eq_list_elem_mixed_types", "eq_mixed_types", "not_eq_list_length", "ne_mixed_types",
        "short_circuit_type_left", "short_circuit_type_right", "mixed_type",
    ],
    UNCHECKED,
)


def main():
    folder = pathlib.Path(sys.argv[1])
    for name in FILES:
        document = Reader((folder / f"{name}.textproto").read_text()).message()
        for section in (content for key, content in document if key == "section"):
            for test in (content for key, content in section if key == "test"):
                expression = get(test, "expr").decode()
                expected = ["bool", "true"]
                if (wanted := get(test, "value")) is not None:
                    expected = value(wanted)
                elif get(test, "eval_error") is not None or get(test, "any_eval_errors") is not None:
                    expected = ["error", ""]
                elif get(test, "typed_result") is not None:
                    expected = value(get(get(test, "typed_result"), "result", []))
                bindings = []
                for binding in (content for key, content in test if key == "bindings"):
                    bound = value(get(get(binding, "value"), "value", []))
                    bindings = None if bindings is None or bound is None else bindings + [[get(binding, "key").decode(), bound]]
                row = [
                    name, get(section, "name").decode(), get(test, "name").decode(),
                    unsupported(test, expression, expected, bindings),
                    json.dumps(expression), json.dumps(bindings or []), json.dumps(expected),
                ]
                print("\t".join(row))


if __name__ == "__main__":
    main()
