# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""What the page asks the server for, and when."""

import json

from selenium.webdriver.common.keys import Keys

import support
from support import BrowserTest, graph


class LoadingTest(BrowserTest):
    def start(self, query=""):
        """Opens the page without waiting for what it shows."""
        self.size(1280, 800)
        self.driver.get("about:blank")
        self.driver.get(f"{support.URL}/{query}")

    def held(self, text):
        """Positions of requests that wait."""
        paths = self.driver.execute_script("return window.held.map((one) => one.path)")
        return [position for position, path in enumerate(paths) if text in path]

    def answered(self, text):
        return self.driver.execute_script(
            "return performance.getEntriesByType('resource').map((one) => one.name).filter((name) => name.includes(arguments[0]))", text)

    def await_ready(self, ready):
        self.wait(lambda: self.one("body").get_attribute("data-ready") == ready, f"the page did not become ready ({ready})")

    def test_picture_and_overview_do_not_wait_for_the_graph(self):
        self.hold("graph.json")
        self.start()
        self.wait(lambda: self.answered("graph.svg") and self.answered("api/v1/overview"), "they wait for the graph")
        self.assertEqual(self.edges_shown(), [])
        self.driver.execute_script("window.held[0].go()")
        self.await_ready("map")
        self.assertEqual(self.edges_shown(), sorted(edge["id"] for edge in graph()["edges"]))
        self.assertEqual(len(self.answered("graph.svg")), 1, "the picture is asked for twice")
        self.assertEqual(len(self.answered("api/v1/overview")), 1, "the overview is asked for twice")
        self.assertEqual(len(self.answered("graph.json")), 1, "the graph is asked for twice")

    def test_nothing_of_it_waits_for_the_other_modules(self):
        self.cdp("Network.enable", {})
        self.cdp("Network.setBlockedURLs", {"urls": ["*/js/main.js"]})
        self.addCleanup(self.cdp, "Network.disable", {})
        self.addCleanup(self.cdp, "Network.setBlockedURLs", {"urls": []})
        self.start("?window=1m&filter=edge.requests%20%3E%200")
        for path in ("graph.json?level=workload&window=1m&filter=", "graph.svg?level=workload&window=1m&filter=", "api/v1/overview"):
            self.wait(lambda: self.answered(path), f"{path} is not asked for")
        # It complains of what is blocked, with reason.
        self.complaints()

    def test_another_level_is_asked_for_at_once(self):
        self.hold("level=service")
        self.size(1280, 800)
        self.open()
        self.choose("#level", "service")
        self.wait(lambda: self.held("graph.svg"), "the picture waits for the graph")
        self.driver.execute_script("for (const one of window.held) one.go()")
        nodes = {node["id"] for node in graph("?level=service")["nodes"]}
        self.wait(lambda: set(self.ids("#stage g.node", "node")) == nodes, "the map of the level does not come")

    def test_what_stands_is_not_laid_out_again(self):
        self.size(1280, 800)
        self.open()
        expression = 'edge.protocol == "http"'
        for text, parameters in ((expression, {"filter": expression}), ("", {})):
            self.one("#query-filter").clear()
            self.one("#query-filter").send_keys(text, Keys.ENTER)
            self.await_edges(**parameters)
        # Somebody else may have asked once more meanwhile: news come when they want.
        self.assertGreaterEqual(len(self.answered("graph.json")), 3)
        self.assertEqual(len(self.answered("graph.svg")), 1, "a picture that has everything is asked for once more")

    def test_a_graph_too_large_ends_the_question_for_its_picture(self):
        self.hold("/graph.")
        self.start("?level=workload")
        self.wait(lambda: self.held("graph.json") and self.held("graph.svg"), "not both are asked for")
        [document], [picture] = self.held("graph.json"), self.held("graph.svg")
        self.driver.execute_script(
            "window.held[arguments[0]].answer(422, JSON.parse(arguments[1]))", document,
            json.dumps({"type": "urn:svcmap:problem:graph-too-large", "status": 422, "detail": "The graph has 9000 edges.", "nodes": 10, "edges": 9000}))
        self.await_ready("failed")
        self.assertTrue(self.driver.execute_script("return window.held[arguments[0]].isAborted", picture), "nobody looks at the picture, and it is still asked for")

    def test_a_table_needs_no_picture(self):
        self.size(1280, 800)
        self.open("?view=table", ready="graph")
        self.assertEqual(self.answered("graph.svg"), [])
        self.assertEqual(len(self.answered("graph.json")), 1, "the graph is asked for twice")
        self.one("#view-map").click()
        self.await_ready("map")
        self.assertEqual(len(self.answered("graph.svg")), 1)

    def test_histograms_of_all_edges_are_not_asked_for(self):
        self.size(1280, 800)
        self.open()
        self.assertTrue(all("include=none" in path for path in self.answered("graph.json")))
        self.assertNotIn("include", self.one("#export-json").get_attribute("href"), "the export has less than the whole graph")
        self.assertEqual(self.all("#panel .coming"), [])
