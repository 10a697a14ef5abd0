#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""Names that attack, from a capture to the page and every export: nothing of them takes effect.

    python3 Tests/browser/hostile_test.py --svcmap BINARY

Imports what hostile.py writes, serves it, and looks at it with a browser as page_test.py does.
"""

import argparse
import csv
import io
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ElementTree

import hostile
import page_test
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait
from serving import serving

URL = ""
LOG = ""
FOLDER = pathlib.Path()
# Control characters but line feed; bidirectional controls, zero width, line and paragraph separators.
INVISIBLE = re.compile("[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff]")
# What a document may not have, wherever it stands.
LOOK = """
  const bad = [];
  for (const element of document.querySelectorAll("*")) {
    const name = element.localName.toLowerCase();
    if (element.getAttribute("src") === "favicon.svg") continue;
    if (["script", "iframe", "object", "embed", "foreignobject", "img", "image", "style", "base", "animate", "set"].includes(name)
        && !(name === "script" && element.getAttribute("src")?.startsWith("js/"))) bad.push(element.outerHTML.slice(0, 200));
    for (const attribute of element.attributes) {
      if (/^on/i.test(attribute.name) || /^\\s*javascript:/i.test(attribute.value)) {
        if (!/^(title|aria-label|data-|value|id)/.test(attribute.name)) bad.push(`${name} ${attribute.name}=${attribute.value}`);
      }
    }
  }
  return [bad, window.hostile ?? null, document.body?.innerText ?? ""];
"""


def fetch(path: str) -> bytes:
    with urllib.request.urlopen(URL + path) as answer:
        return answer.read()


class HostileTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.driver = page_test.browser()

    @classmethod
    def tearDownClass(cls):
        cls.driver.quit()

    def look(self, path: str, ready: str | None = None):
        self.driver.get("about:blank")
        self.driver.get(URL + path)
        if ready:
            WebDriverWait(self.driver, page_test.PATIENCE).until(
                lambda driver: driver.find_element(By.TAG_NAME, "body").get_attribute("data-ready") == ready, path)
        bad, effect, _ = self.driver.execute_script(LOOK)
        self.assertIsNone(effect, path)
        self.assertEqual(bad, [], path)
        complaints = [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
        self.assertEqual(complaints, [], path)

    def test_the_names_are_there(self):
        graph = json.loads(fetch("/api/v1/graph.json?level=pod&fold=none"))
        text = json.dumps(graph)
        for name in ["<script", "onerror=", "<svgonload", "javascript:", "{record|shape}", "$(reboot)", "=cmd|", "--c--"]:
            self.assertIn(name, text)
        self.assertGreater(len(graph["edges"]), 100)

    def test_map_and_table_show_them_as_text(self):
        for level in ["pod", "workload", "service", "namespace", "node"]:
            for fold in ["automatic", "none"]:
                self.look(f"/?level={level}&fold={fold}", "map")
                self.look(f"/?level={level}&fold={fold}&view=table")

    def test_the_list_of_transactions_shows_them_as_text(self):
        kept = json.loads(fetch("/api/v1/transactions?level=pod&fold=none&limit=1000"))["transactions"]
        marked = [one for one in kept if re.search(r"[<'\"\\{$`]", one["operation"] + one.get("serverName", ""))]
        self.assertGreater(len(marked), 0)
        for one in marked[:12]:
            query = urllib.parse.urlencode({"level": "pod", "fold": "none", "view": "transactions", "operation": one["operation"],
                                            "transaction": one["at"]}, quote_via=urllib.parse.quote)
            self.look(f"/?{query}", "graph")
            WebDriverWait(self.driver, page_test.PATIENCE).until(
                lambda driver: driver.find_elements(By.CSS_SELECTOR, "#transactions .detail"), one["operation"])
            shown = self.driver.execute_script("return document.querySelector('#transactions .detail .operation').textContent")
            self.assertEqual(shown, one["operation"])
            bad, effect, _ = self.driver.execute_script(LOOK)
            self.assertEqual((bad, effect), ([], None), one["operation"])

    def test_panels_show_them_as_text(self):
        graph = json.loads(fetch("/api/v1/graph.json?level=pod"))
        marked = [edge["id"] for edge in graph["edges"] if re.search(r"[<'\"\\{$`]", edge["id"])]
        self.assertGreater(len(marked), 10)
        for edge in marked[:12]:
            self.look(f"/?level=pod&edge={urllib.parse.quote(edge, safe='')}", "map")
            opened = self.driver.find_element(By.ID, "panel")
            self.assertTrue(opened.is_displayed(), edge)
        nodes = [node["id"] for node in graph["nodes"] if re.search(r"[<'\"\\{$`]", node["id"])]
        self.assertGreater(len(nodes), 5)
        for node in nodes[:12]:
            self.look(f"/?level=pod&node={urllib.parse.quote(node, safe='')}", "map")
            WebDriverWait(self.driver, page_test.PATIENCE).until(
                lambda driver: driver.find_elements(By.CSS_SELECTOR, "#panel .labels, #panel .addresses, #panel .history"), node)
            bad, effect, _ = self.driver.execute_script(LOOK)
            self.assertEqual((bad, effect), ([], None), node)

    def test_the_picture_by_itself_is_well_formed_and_dead(self):
        root = ElementTree.fromstring(fetch("/api/v1/graph.svg?level=pod"))
        names = {element.tag.split("}")[1] for element in root.iter()}
        self.assertFalse(names & {"script", "foreignObject", "image", "a", "animate", "set", "use"}, names)
        self.look("/api/v1/graph.svg?level=pod")

    def test_dot_is_read_by_graphviz_as_the_same_graph(self):
        dot = fetch("/api/v1/graph.dot?level=pod")
        self.assertIsNone(INVISIBLE.search(dot.decode()))
        graph = json.loads(fetch("/api/v1/graph.json?level=pod"))
        try:
            read = subprocess.run(["dot", "-Tdot_json"], input=dot, capture_output=True, timeout=120, check=False)
        except FileNotFoundError:
            print("skipped: hostile names in DOT: no dot (apt-get install graphviz)")
            return
        self.assertEqual(read.returncode, 0, read.stderr.decode()[:300])
        objects = [one for one in json.loads(read.stdout)["objects"] if "nodes" not in one and "subgraphs" not in one]
        self.assertEqual(len(objects), len(graph["nodes"]))

    def test_csv_has_no_formula(self):
        rows = list(csv.reader(io.StringIO(fetch("/api/v1/graph.csv?level=pod").decode(), newline="")))
        self.assertEqual({len(row) for row in rows}, {len(rows[0])})
        for row in rows:
            for cell in row:
                self.assertIsNone(INVISIBLE.search(cell), cell)
                self.assertFalse(re.match(r"[=+@\t\r]|-(?![0-9.])|-.*[^0-9.eE+-]", cell), cell)

    def test_mermaid_has_the_lines_of_its_graph_only(self):
        graph = json.loads(fetch("/api/v1/graph.json?level=pod"))
        text = fetch("/api/v1/graph.mmd?level=pod").decode()
        self.assertIsNone(INVISIBLE.search(text))
        # Every line is one of ours, and nothing in quotes ends them.
        line_of = re.compile(
            r'flowchart LR|  %% [^"]*|  subgraph g[0-9a-f]+\["[^"]*"\]|  end|    ?n?[0-9a-z]*|  (classDef|class|linkStyle) [-#\w:,. ]*;?'
            r'|  +n[0-9a-f]+[^\w"]+"[^"]*"[^\w"]+(:::\w+)?|  n[0-9a-f]+ (-->|==>|-\.->)\|"[^"]*"\| n[0-9a-f]+')
        for line in text.splitlines():
            self.assertTrue(line_of.fullmatch(line), line)
            self.assertNotIn("<script", line)
        edges = [line for line in text.splitlines() if re.search(r"\| n[0-9a-f]+$", line)]
        self.assertEqual(len(edges), len(graph["edges"]))

    def test_terminal_and_log_see_no_control_character(self):
        self.assertIsNone(INVISIBLE.search(LOG), LOG)
        for name in ["table", "dot", "json", "mermaid", "csv", "graphml", "svg"]:
            shown = subprocess.run([BINARY, "export", f"--{name}", "--level", "pod", "--store", FOLDER / "map.db"],
                                   capture_output=True, text=True, check=True)
            self.assertIsNone(INVISIBLE.search(shown.stdout.replace("\r\n", "\n")), name)
        dumped = subprocess.run([BINARY, "store", "dump", "--store", FOLDER / "map.db"], capture_output=True, text=True, check=True)
        self.assertIsNone(INVISIBLE.search(dumped.stdout))


def main():
    global URL, LOG, FOLDER, BINARY
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--svcmap", required=True)
    arguments, rest = parser.parse_known_args()
    BINARY = arguments.svcmap
    with tempfile.TemporaryDirectory() as folder:
        FOLDER = pathlib.Path(folder)
        hostile.main(FOLDER)
        imported = subprocess.run(
            [BINARY, "import", FOLDER / "hostile.pcap", "--inventory", FOLDER / "hostile.json", "--store", FOLDER / "map.db"],
            capture_output=True, text=True, check=False)
        # 3: some objects are refused, as they should be.
        if imported.returncode != 3:
            sys.exit(f"hostile_test: import failed: {imported.stderr!a}")
        LOG = imported.stderr
        with serving(BINARY, FOLDER) as URL:
            result = unittest.main(argv=[sys.argv[0]] + rest, exit=False).result
            noted = (FOLDER / "serve.log").read_text()
            if INVISIBLE.search(noted):
                sys.exit(f"hostile_test: the log has control characters: {noted!a}")
    sys.exit(0 if result.wasSuccessful() else 1)


if __name__ == "__main__":
    main()
