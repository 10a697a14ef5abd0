#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""The page of a store with 5,000 workloads.

    python3 Tests/browser/crowd_test.py --svcmap BINARY
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Benchmarks"))

import page_store
import page_test
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait
from serving import serving

URL = ""
WORKLOADS = 5_000
EDGES = 6_000


class CrowdTest(unittest.TestCase):
    def setUp(self):
        self.driver = page_test.browser()
        self.addCleanup(self.driver.quit)

    def wait(self, condition, message):
        WebDriverWait(self.driver, page_test.PATIENCE).until(lambda _: condition(), message)

    def one(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def test_shows_namespaces_with_counts_and_says_why(self):
        self.driver.get(URL)
        self.wait(lambda: self.one("body").get_attribute("data-ready") == "map", "there is no map")
        with urllib.request.urlopen(f"{URL}/api/v1/graph.json?level=namespace&include=none") as answer:
            graph = json.load(answer)
        shown = self.driver.execute_script("return [...document.querySelectorAll('#stage g.node')].map((node) => node.dataset.node)")
        self.assertEqual(sorted(shown), sorted(node["id"] for node in graph["nodes"]))
        self.assertIn("level=namespace", self.driver.current_url)
        self.assertRegex(self.one("#crowd").text, r"^5\D000 workloads and 6\D000 edges are too many")

    def test_who_asks_for_workloads_is_told_three_ways_down(self):
        self.driver.get(f"{URL}/?level=workload")
        self.wait(lambda: self.one("body").get_attribute("data-ready") == "failed", "nothing is said")
        self.assertEqual(len(self.one("#notice .actions").find_elements(By.CSS_SELECTOR, "button")), 3)
        self.assertFalse(self.one("#crowd").is_displayed())

    def test_one_namespace_of_them_is_a_map(self):
        with urllib.request.urlopen(f"{URL}/api/v1/overview") as answer:
            namespaces = json.load(answer)["namespaces"]
        self.driver.get(URL)
        self.wait(lambda: self.one("body").get_attribute("data-ready") == "map", "there is no map")
        Select(self.one("#level")).select_by_value("workload")
        self.wait(lambda: self.one("body").get_attribute("data-ready") == "failed", "nothing is said")
        self.driver.get(f"{URL}/?namespace={namespaces[-1]}")
        self.wait(lambda: self.one("body").get_attribute("data-ready") == "map", "there is no map of one namespace")
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
        with serving(binary, folder, *page) as URL:
            result = unittest.TextTestRunner(verbosity=2).run(unittest.defaultTestLoader.loadTestsFromTestCase(CrowdTest))
    sys.exit(not (result.wasSuccessful() and result.testsRun > 0))
