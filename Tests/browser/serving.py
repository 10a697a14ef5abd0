# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""A server of a test's own."""

import contextlib
import pathlib
import re
import subprocess
import sys
import time


@contextlib.contextmanager
def serving(binary: str, folder: pathlib.Path, *options):
    """Serves map.db of a folder while the body runs, which gets the address; what the server says is in serve.log."""
    log = folder / "serve.log"
    with open(log, "w") as output:
        server = subprocess.Popen([binary, "serve", "--store", folder / "map.db", "--port", "0", *options], stderr=output)
    try:
        for _ in range(100):
            found = re.search(r"http://127\.0\.0\.1:\d+", log.read_text())
            if found:
                break
            time.sleep(0.1)
        else:
            sys.exit(f"no server: {log.read_text()!a}")
        yield found.group()
    finally:
        server.terminate()
        server.wait()
