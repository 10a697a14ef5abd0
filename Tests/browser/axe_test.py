#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""The page audited by axe-core: WCAG 2.2 A and AA and its best practices, in every view, both themes and both widths.

    Tests/browser/axe_test.py --url http://127.0.0.1:PORT --axe axe.min.js

`scripts/browser-test.sh` installs axe-core and runs this.
"""

import argparse
import pathlib
import sys
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "page"))

import support
from support import BrowserTest, graph

AXE = ""
RUN = """
    const done = arguments[arguments.length - 1];
    axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => done(violations.map((one) =>
      `${one.id} (${one.impact}): ${one.help}: ` + one.nodes.slice(0, 4).map((node) => `${node.target.join(" ")} ${node.any[0]?.message ?? ""}`).join("; "))),
      (error) => done([String(error)]));
"""


class AxeTest(BrowserTest):
    def audit(self, what):
        # Outside of the page's policy, as everything that tests do is.
        self.driver.execute_script(AXE)
        self.driver.set_script_timeout(120)
        self.assertEqual(self.driver.execute_async_script(RUN), [], what)

    def views(self):
        edge = self.busiest(graph())
        quoted = lambda name: urllib.parse.quote(name, safe="")
        return {
            "map": ("", "map", []), "edge": (f"?edge={quoted(edge['id'])}", "map", []), "node": (f"?node={quoted(edge['server'])}", "map", []),
            "legend": ("", "map", ["#legend summary"]), "layout": ("", "map", ["#layout summary"]), "more": ("", "map", ["#more summary"]),
            "replay": ("?speed=0.5", "map", ["#play"]), "comparison": ("?window=30s&compare=before", "map", []),
            "table": ("?view=table", "graph", []), "nodes": ("?view=table&tab=nodes", "graph", []), "transactions": ("?view=transactions", "graph", []),
            "coverage": ("", "map", ["#coverage summary"]), "help": ("", "map", ["#keys"]), "nothing": ("?from=1999-01-01T00:00:00Z&to=1999-01-02T00:00:00Z", "empty", []),
        }

    def check(self, width, height, scheme, skipped=()):
        for name, (query, ready, presses) in self.views().items():
            if name in skipped:
                continue
            with self.subTest(view=name, width=width, theme=scheme):
                self.size(width, height, scheme)
                self.open(query, ready=ready)
                for selector in presses:
                    self.driver.execute_script("document.querySelector(arguments[0]).click()", selector)
                self.audit(f"{name}, {width}, {scheme}")

    def test_has_no_barrier_in_the_light(self):
        self.check(1280, 800, "light")

    def test_has_no_barrier_in_the_dark(self):
        self.check(1280, 800, "dark")

    def test_has_no_barrier_on_a_phone(self):
        self.check(390, 844, "light", skipped=("help",))
        self.check(390, 844, "dark", skipped=("help",))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Audits the page of a running svcmap serve with axe-core.")
    parser.add_argument("--url", required=True, help="where the server listens, such as http://127.0.0.1:8899")
    parser.add_argument("--axe", required=True, help="axe-core, as one script")
    arguments = parser.parse_args()
    support.URL = arguments.url.rstrip("/")
    AXE = pathlib.Path(arguments.axe).read_text()
    unittest.main(argv=[sys.argv[0]], verbosity=2)
