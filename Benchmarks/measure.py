# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""What a command costs, as the kernel counted it for the whole process."""

import os
import pathlib
import time
from typing import NamedTuple


class Cost(NamedTuple):
    """User and system time, time on the clock, and peak memory.

    A process made here has been as large as this one, some 11 MiB, before it became the command.
    """

    cpu: float
    wall: float
    peak_mib: int


def cost(command: list[str], output: str = os.devnull) -> Cost:
    """Runs a command to its end; what it prints goes to a file."""
    start = time.monotonic()
    pid = os.fork()
    if pid == 0:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
        os.dup2(1, 2)
        os.execvp(command[0], command)
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        raise SystemExit(f"{' '.join(command)} failed with {os.waitstatus_to_exitcode(status)}")
    return Cost(usage.ru_utime + usage.ru_stime, time.monotonic() - start, usage.ru_maxrss // 1024)


def import_command(svcmap: str, capture: str, store: pathlib.Path, *options: str) -> list[str]:
    """The command that imports into a store that is not there yet."""
    for path in store.parent.glob(store.name + "*"):
        path.unlink()
    return [svcmap, "import", capture, "--store", str(store), *options]
