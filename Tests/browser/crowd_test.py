#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""The page of a store with 5,000 workloads.

    python3 Tests/browser/crowd_test.py --svcmap BINARY
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "Tests/browser/page"), str(ROOT / "Benchmarks")]

import page_store
import support
from serving import serving
from support import BrowserTest, ask, graph

WORKLOADS = 5_000
EDGES = 6_000


class CrowdTest(BrowserTest):
    # The first question is refused: too many edges.
    refusals = True

    def test_shows_namespaces_with_counts_and_says_why(self):
        self.open()
        nodes = sorted(node["id"] for node in graph("?level=namespace&include=none")["nodes"])
        self.assertEqual(self.ids("#stage g.node", "node"), nodes)
        self.assertEqual(self.parameter("level"), "namespace")
        self.assertRegex(self.one("#crowd").text, r"^5\D000 workloads and 6\D000 edges are too many")

    def test_who_asks_for_workloads_is_told_three_ways_down(self):
        self.open("?level=workload", ready="failed")
        self.assertEqual(len(self.all("#notice .actions button")), 3)
        self.assertFalse(self.one("#crowd").is_displayed())

    def test_one_namespace_of_them_is_a_map(self):
        namespaces = ask("api/v1/overview")["namespaces"]
        self.open()
        self.choose("#level", "workload")
        self.wait(lambda: self.one("body").get_attribute("data-ready") == "failed", "nothing is said")
        self.open(f"?namespace={namespaces[-1]}")
        self.assertFalse(self.one("#crowd").is_displayed())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Tests the page of svcmap over a store with 5,000 workloads.")
    parser.add_argument("--svcmap", required=True, help="the binary")
    parser.add_argument("--page", help="folder of the page; built in without")
    arguments = parser.parse_args()
    binary, page = arguments.svcmap, ["--page", arguments.page] if arguments.page else []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        page_store.write(folder, WORKLOADS, EDGES, 1)
        subprocess.run([binary, "import", folder / "capture.pcap", "--inventory", folder / "objects.json",
                        "--store", folder / "map.db"], check=True, stderr=subprocess.DEVNULL)
        with serving(binary, folder, *page) as support.URL:
            result = unittest.TextTestRunner(verbosity=2).run(unittest.defaultTestLoader.loadTestsFromTestCase(CrowdTest))
    sys.exit(not (result.wasSuccessful() and result.testsRun > 0))
