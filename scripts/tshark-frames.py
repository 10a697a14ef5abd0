#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""Writes what tshark knows of each frame in pcapng captures, as numbers only.

    scripts/tshark-frames.py FOLDER > Tests/Fixtures/frames.tsv

FOLDER is searched for pcapng files, whatever they are called. A file without frames has one row, of which all
figures are empty, and a frame without a time has an empty one. Records that tshark numbers and that are no
frames (systemd journal entries and the like) are left out, as capinfos leaves them out.
"""

import pathlib
import subprocess
import sys

FIELDS = """frame.section_number frame.interface_id frame.encap_type frame.time_epoch frame.cap_len
frame.len""".split()

COLUMNS = "file section interface linkType nanoseconds captured wire".split()

# Wireshark's number of an encapsulation (wiretap/wtap.h), and the LINKTYPE_ value that the file has for it.
LINK_TYPES = {1: 1, 15: 0, 129: 228}

SECTION_HEADER = b"\x0a\x0d\x0d\x0a"


def begins_section(path):
    with path.open("rb") as file:
        return file.read(4) == SECTION_HEADER


def nanoseconds(text):
    if not text:
        return ""
    seconds, fraction = text.split(".")
    return int(seconds) * 10**9 + int(fraction.ljust(9, "0")[:9])


def frames(path):
    """A row of figures for each frame, in the order of the file."""
    command = ["tshark", "-n", "-r", str(path), "-T", "fields"]
    for field in FIELDS:
        command += ["-e", field]
    out = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    for line in out.splitlines():
        section, interface, encapsulation, time, captured, wire = line.split("\t")
        if encapsulation:
            yield section, interface, LINK_TYPES[int(encapsulation)], nanoseconds(time), captured, wire


def main():
    folder = pathlib.Path(sys.argv[1])
    print("\t".join(COLUMNS))
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and begins_section(path)):
        for row in list(frames(path)) or [("",) * (len(COLUMNS) - 1)]:
            print("\t".join(map(str, (path.relative_to(folder), *row))))


if __name__ == "__main__":
    main()
