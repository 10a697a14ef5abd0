#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""The page of a server with a token, whose store grows while the page is open.

    python3 Tests/browser/access_test.py --svcmap BINARY
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

import hostile
import page_test
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait
from serving import serving

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOKEN = "the-token-of-this-test-and-no-other"
URL = ""
BINARY = ""
FOLDER = pathlib.Path()


def graph():
    request = urllib.request.Request(f"{URL}/api/v1/graph.json", headers={"Authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


class AccessTest(unittest.TestCase):
    def setUp(self):
        # A browser of its own: one that has never logged in.
        self.driver = page_test.browser()
        self.addCleanup(self.driver.quit)
        self.driver.get(URL)

    def wait(self, condition, message):
        WebDriverWait(self.driver, page_test.PATIENCE).until(lambda _: condition(), message)

    def one(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def ready(self):
        return self.one("body").get_attribute("data-ready")

    def edges(self):
        return sorted(self.driver.execute_script(
            "return [...document.querySelectorAll('#stage g.edge:not(.absent)')].map((edge) => edge.dataset.edge)"))

    def log_in(self):
        self.wait(lambda: self.one("#login").is_displayed(), "the page does not ask for the token")
        self.one("#token").send_keys(TOKEN)
        self.one("#login-send").click()
        self.wait(lambda: self.ready() == "map", "the token does not open the map")

    def test_a_token_opens_the_map_and_logging_out_closes_it(self):
        self.wait(lambda: self.ready() == "login", "the page does not ask for the token")
        self.assertFalse(self.driver.find_elements(By.CSS_SELECTOR, "#stage g.node"))
        self.one("#token").send_keys("not-the-token-of-this-server")
        self.one("#login-send").click()
        self.wait(lambda: "not the token" in self.one("#login-fault").text, "nothing says what is wrong")
        self.one("#token").clear()
        self.log_in()
        self.assertFalse(self.one("#login").is_displayed())
        self.assertEqual(self.edges(), sorted(edge["id"] for edge in graph()["edges"]))
        self.assertNotIn(TOKEN, self.driver.page_source + self.driver.current_url)
        self.assertEqual(self.driver.execute_script("return document.cookie"), "", "scripts can see the cookie")
        # The cookie holds for the next visit.
        self.driver.refresh()
        self.wait(lambda: self.ready() == "map", "the cookie does not open the map")
        self.one("#logout").click()
        self.wait(lambda: self.ready() == "login", "logging out does not ask for the token")
        self.assertFalse(self.driver.find_elements(By.CSS_SELECTOR, "#stage g.node"), "the map is still there")
        self.driver.refresh()
        self.wait(lambda: self.ready() == "login", "after logging out the map still opens")

    def test_what_is_stored_appears_by_itself_unless_one_looks_back(self):
        self.log_in()
        self.wait(lambda: self.one("#status").get_attribute("data-status") == "live", "the server does not tell of changes")
        before = self.edges()
        hostile.main(FOLDER)
        imported = subprocess.run([BINARY, "import", FOLDER / "hostile.pcap", "--store", FOLDER / "map.db"],
                                  capture_output=True, text=True, check=False)
        self.assertIn(imported.returncode, (0, 3), imported.stderr)
        expected = sorted(edge["id"] for edge in graph()["edges"])
        self.assertGreater(len(expected), len(before))
        self.wait(lambda: self.edges() == expected, "what was stored does not appear")
        # The server rolls up what was imported, which are changes too; behind them there is silence, longer than the
        # page would wait if it had to ask.
        counts = [self.times_asked()]
        while len(counts) < 2 or (counts[-1] != counts[-2] and len(counts) < 6):
            time.sleep(7)
            counts.append(self.times_asked())
        self.assertEqual(counts[-1], counts[-2], f"the page asks although the server tells: {counts}")

    def times_asked(self):
        return self.driver.execute_script("""
            return performance.getEntriesByType("resource").filter(({ name }) => name.includes("/graph.json")).length""")


def main():
    global URL, FOLDER, BINARY
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--svcmap", required=True)
    parser.add_argument("--page", help="folder of the page; built in without")
    arguments, rest = parser.parse_known_args()
    BINARY = arguments.svcmap
    with tempfile.TemporaryDirectory() as folder:
        FOLDER = pathlib.Path(folder)
        example = ROOT / "Examples" / "cluster"
        subprocess.run([BINARY, "import", example / "demo.pcap", "--inventory", example / "objects.json", "--store", FOLDER / "map.db"],
                       capture_output=True, check=True)
        (FOLDER / "token").write_text(TOKEN)
        (FOLDER / "token").chmod(0o600)
        page = ["--page", arguments.page] if arguments.page else []
        with serving(BINARY, FOLDER, "--token-file", FOLDER / "token", *page) as URL:
            result = unittest.main(argv=[sys.argv[0]] + rest, exit=False).result
    sys.exit(0 if result.wasSuccessful() else 1)


if __name__ == "__main__":
    main()
