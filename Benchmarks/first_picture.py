#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""How long the page takes from navigation to the first picture of a map, in a real browser, against a server that has answered nothing yet.

    Benchmarks/first_picture.py --svcmap BINARY [--page FOLDER] [--rounds 5] [NODESxEDGES...]

Each round starts a server and a browser anew. The picture is there when the browser has painted a frame with all nodes and
edges on it. What the server took for it is told beside. Needs Chromium, chromedriver and selenium.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

import page
import page_store

import support  # page.py knows where it is

WINDOWS = 12
WATCH = """
  // Before any script of the page: the first frame after the page says that its map is ready.
  addEventListener("DOMContentLoaded", () => new MutationObserver((_, watch) => {
    if (document.body.dataset.ready !== "map") return;
    watch.disconnect();
    const channel = new MessageChannel();
    channel.port1.onmessage = () => (window.firstPicture = performance.now());
    requestAnimationFrame(() => channel.port2.postMessage(0));
  }).observe(document.body, { attributes: true, attributeFilter: ["data-ready"] }));
"""
TOLD = """
  const of = (name) => performance.getEntriesByType("resource").find((entry) => entry.name.includes(name));
  const [graph, picture] = [of("graph.json"), of("graph.svg")];
  return [window.firstPicture, graph.responseEnd - graph.requestStart, picture.responseEnd - picture.requestStart,
    picture.encodedBodySize, document.querySelectorAll("#stage g.node").length, document.querySelectorAll("#stage g.edge").length];
"""


def server_time(pid: int) -> float:
    """Milliseconds of processor time of the server and of the layout workers that ended."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(int(field) for field in fields[11:15]) * 1000 / os.sysconf("SC_CLK_TCK")


def first(binary: str, folder: str | None, store: pathlib.Path) -> list[float]:
    server, url = page.serve(binary, store, folder, store.parent / "serve.log")
    driver = support.browser()
    try:
        driver.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 1280, "height": 900, "deviceScaleFactor": 1, "mobile": False})
        driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
        driver.get(url)
        support.WebDriverWait(driver, 120).until(lambda _: driver.execute_script("return window.firstPicture") is not None, "no picture")
        return driver.execute_script(TOLD) + [page.worked(driver) * 1000, server_time(server.pid)]
    finally:
        driver.quit()
        server.terminate()
        server.wait()


def run(binary: str, folder: str | None, nodes: int, edges: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        page_store.write(work, nodes, edges, WINDOWS)
        subprocess.run([binary, "import", work / "capture.pcap", "--inventory", work / "objects.json", "--store", work / "map.db"],
                       check=True, capture_output=True)
        told = sorted(first(binary, folder, work / "map.db") for _ in range(rounds))
    middle = [sorted(column)[rounds // 2] for column in zip(*told)]
    times = [entry[0] for entry in told]
    print(f"| {middle[4]} / {middle[5]} | {middle[0]:.0f} | {times[0]:.0f}–{times[-1]:.0f} | {middle[1]:.0f} | {middle[2]:.0f} | {middle[3] / 1000:.0f} | {middle[6]:.0f} | {middle[7]:.0f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--svcmap", required=True, help="the program")
    parser.add_argument("--page", help="folder of the page; built in without")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("sizes", nargs="*", default=["300x1000", "1500x5000"])
    arguments = parser.parse_args()
    print("| nodes / edges | first picture, ms | least and most | graph.json | graph.svg | kB of it | processor time of the page | of the server |\n|---|--:|--:|--:|--:|--:|--:|--:|")
    for size in arguments.sizes:
        nodes, edges = (int(part) for part in size.split("x"))
        run(arguments.svcmap, arguments.page, nodes, edges, arguments.rounds)


if __name__ == "__main__":
    sys.exit(main())
