#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""How many cached graphs a second the server hands out, beside nginx with the same bytes from disk.

    Benchmarks/cached_graph.py --svcmap BINARY [--rounds 3] [--seconds 5] [NODESxEDGES...]

Both serve on this machine, by turns, with as many worker threads as there are cores; wrk asks over 32 connections that stay
open. Answers are compared byte by byte first. Needs nginx and wrk.
"""

import argparse
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.request

import page
import page_store

NGINX = """
worker_processes auto;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  gzip_static on;
  types {{ application/json json; image/svg+xml svg; }}
  server {{ listen 127.0.0.1:{port}; root {folder}/files; }}
}}
"""
WINDOWS = 12
CONNECTIONS = 32


def fetch(url: str, encoding: str) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept-Encoding": encoding})) as answer:
        return answer.read()


def rate(url: str, encoding: str, seconds: int) -> float:
    """Requests answered a second; anything else than an answer is an error."""
    told = subprocess.run(["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-H", f"Accept-Encoding: {encoding}", url],
                          check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in told or re.search(r"Socket errors: connect \d+, read [1-9]|write [1-9]", told):
        sys.exit(told)
    return float(re.search(r"Requests/sec:\s*([\d.]+)", told).group(1))


def run(arguments, nodes: int, edges: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        work.chmod(0o755)
        page_store.write(work, nodes, edges, WINDOWS)
        subprocess.run([arguments.svcmap, "import", work / "capture.pcap", "--inventory", work / "objects.json", "--store", work / "map.db"],
                       check=True, capture_output=True)
        server, ours = page.serve(arguments.svcmap, work / "map.db", None, work / "serve.log")
        (work / "files").mkdir()
        # nginx cannot be asked which port it took.
        with socket.create_server(("127.0.0.1", 0)) as found:
            port = found.getsockname()[1]
        (work / "nginx.conf").write_text(NGINX.format(folder=work, port=port))
        nginx = subprocess.Popen(["nginx", "-p", work, "-c", work / "nginx.conf", "-g", "daemon off;"])
        theirs = f"http://127.0.0.1:{port}/"
        try:
            for kind, path, encoding in [
                ("JSON without details, gzip", "graph.json?level=workload&include=none", "gzip"),
                ("JSON, gzip", "graph.json?level=workload", "gzip"),
                ("JSON", "graph.json?level=workload", "identity"),
                ("SVG, gzip", "graph.svg?level=workload", "gzip"),
            ]:
                asked, file = f"{ours.rstrip('/')}/api/v1/{path}", path.split("?")[0]
                body = fetch(asked, encoding)
                (work / "files" / file).write_bytes(fetch(asked, "identity"))
                if encoding == "gzip":
                    (work / "files" / f"{file}.gz").write_bytes(body)
                assert fetch(theirs + file, encoding) == body, "nginx serves other bytes"
                rounds = [(rate(asked, encoding, arguments.seconds), rate(theirs + file, encoding, arguments.seconds)) for _ in range(arguments.rounds)]
                mine, peer = (sorted(column)[len(column) // 2] for column in zip(*rounds))
                print(f"| {nodes} / {edges} | {kind} | {len(body) / 1000:,.0f} | {mine:,.0f} | {peer:,.0f} | {mine / peer:.2f} |", flush=True)
        finally:
            nginx.terminate()
            server.terminate()
            nginx.wait()
            server.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--svcmap", required=True, help="the program")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("sizes", nargs="*", default=["10x15", "300x1000"])
    arguments = parser.parse_args()
    for tool in ("nginx", "wrk"):
        if shutil.which(tool) is None:
            sys.exit(f"{tool} is not installed")
    print("| nodes / edges | what | kB | svcmap, a second | nginx, a second | of nginx |\n|---|---|--:|--:|--:|--:|")
    for size in arguments.sizes:
        nodes, edges = (int(part) for part in size.split("x"))
        run(arguments, nodes, edges)


if __name__ == "__main__":
    sys.exit(main())
