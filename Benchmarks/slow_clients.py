#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""Opens many connections that send a request one byte a second, and tells how the server bears it.

    Benchmarks/slow_clients.py PORT PID [CONNECTIONS]

PID is that of `svcmap serve`, whose memory is read. The limit of open files must allow the connections.
"""

import asyncio
import os
import pathlib
import resource
import sys
import time
import urllib.request


def resident_mib(pid: int) -> float:
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


async def drip(port: int, refused: list[int], closed: list[float]) -> None:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
    except OSError:
        refused.append(1)
        return
    try:
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ")
        while True:
            writer.write(b"a")
            await writer.drain()
            try:
                if not await asyncio.wait_for(reader.read(10), 1):
                    break
            except asyncio.TimeoutError:
                pass
    except OSError:
        pass
    finally:
        writer.close()
        closed.append(time.monotonic())


async def main(port: int, pid: int, count: int) -> None:
    refused: list[int] = []
    closed: list[float] = []
    begin = time.monotonic()
    print(f"before: {resident_mib(pid):.0f} MiB")
    tasks = [asyncio.create_task(drip(port, refused, closed)) for _ in range(count)]
    await asyncio.sleep(6)
    files = len(os.listdir(f"/proc/{pid}/fd"))
    print(f"after 6 s: {count - len(closed)} open here, {files} files there, {resident_mib(pid):.0f} MiB")
    asked = time.monotonic()
    status = await asyncio.to_thread(lambda: urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=30).status)
    print(f"/healthz answered {status} in {time.monotonic() - asked:.3f} s")
    await asyncio.wait(tasks, timeout=120)
    print(f"all closed after {time.monotonic() - begin:.1f} s, refused: {len(refused)}, {resident_mib(pid):.0f} MiB")


if __name__ == "__main__":
    connections = int(sys.argv[3]) if len(sys.argv) > 3 else 10_000
    resource.setrlimit(resource.RLIMIT_NOFILE, (connections + 100, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), connections))
