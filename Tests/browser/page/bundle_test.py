# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""Edges between the same two ends: one line, taken apart where it stands."""

import urllib.parse

from selenium.webdriver.common.keys import Keys

from support import BrowserTest, ask, plain


class BundleTest(BrowserTest):
    """With its busiest namespace collapsed, the example has several edges between the same two."""

    def setUp(self):
        self.size(1280, 800)
        nodes = [node.get("namespace") for node in ask("api/v1/graph.json", level="workload")["nodes"]]
        self.name = max((name for name in sorted(filter(None, nodes))), key=nodes.count)
        self.document = ask("api/v1/graph.json", level="workload", collapse=self.name)
        self.pairs = {}
        for edge in self.document["edges"]:
            self.pairs.setdefault(f"{edge['client']}->{edge['server']}", []).append(edge)
        self.pair, self.edges = max(self.pairs.items(), key=lambda item: len(item[1]))
        self.assertGreater(len(self.edges), 2, "the store under test has no parallel edges")

    def lines(self):
        """The edges that have a line."""
        return self.driver.execute_script("""
            return [...document.querySelectorAll("#stage g.edge")].filter((e) => getComputedStyle(e).display !== "none").map((e) => e.dataset.edge).sort()""")

    def line(self):
        own = {edge["id"] for edge in self.edges}
        return next(edge for edge in self.lines() if edge in own)

    def told(self, part):
        return plain(self.driver.execute_script("""
            return [...document.querySelectorAll("#stage g.edge-label")].find((e) => e.dataset.edge === arguments[0])
              .querySelector(`.edge-label-${arguments[1]}`).textContent""", self.line(), part))

    def sign(self):
        return self.one(f'#stage g.part[data-pair="{self.pair}"]')

    def test_is_one_line_with_a_count_and_sums(self):
        self.open(f"?collapse={self.name}")
        self.assertEqual(len(self.lines()), len(self.pairs), "not one line for each two ends")
        self.assertIn(f"{len(self.edges)} edges", self.told("title"))
        name = self.one(f'#stage g.edge[data-edge="{self.line()}"]').get_attribute("aria-label")
        self.assertIn(f"{len(self.edges)} edges", name)
        ranks = ["unknown", "healthy", "degraded", "failing"]
        worst = max((edge["health"] for edge in self.edges), key=ranks.index)
        self.assertEqual(self.one(f'#stage g.edge[data-edge="{self.line()}"]').get_attribute("data-health"), worst)
        self.choose("#label", "rate")
        rate = sum(edge.get("rate", 0) for edge in self.edges if edge["requests"])
        self.assertAlmostEqual(float(self.told("figures").removesuffix("/s")), rate, delta=rate * 0.06)
        self.choose("#label", "errors")
        requests = sum(edge["requests"] for edge in self.edges)
        errors = sum(edge.get("errorRate", 0) * edge["requests"] for edge in self.edges) / requests
        self.assertAlmostEqual(float(self.told("figures").removesuffix("%")) / 100, errors, delta=errors * 0.06)
        self.choose("#label", "p95")
        slowest = max(edge["latency"]["p95"] for edge in self.edges if "p95" in edge["latency"])
        self.assertTrue(self.told("figures").startswith("≤"), "a percentile of several edges pretends to be known")
        self.assertAlmostEqual(float(self.told("figures").removeprefix("≤").strip().removesuffix("ms")) / 1000, slowest, delta=slowest * 0.006)

    def test_is_taken_apart_where_it_stands(self):
        self.open(f"?collapse={self.name}")
        places = "return [...document.querySelectorAll('#stage .edge-path, #stage .node-shape')].map((e) => e.getAttribute('d'))"
        before = self.driver.execute_script(places)
        few = len(self.lines())
        self.shoot("bundle-light-1280")
        self.point(self.sign())
        own = {edge["id"] for edge in self.edges}
        self.wait(lambda: own <= set(self.lines()), "not every edge has a line")
        self.assertEqual(len(self.lines()), few + len(own) - 1, "others came apart as well")
        self.assertEqual(self.parameter("apart"), self.pair)
        self.assertEqual(self.driver.execute_script(places), before, "something moved")
        self.assertFalse(self.one("#panel").is_displayed(), "the sign opened the panel")
        self.shoot("bundle-apart-light-1280")
        self.driver.refresh()
        self.wait(lambda: own <= set(self.lines()), "the address does not keep it apart")
        self.driver.execute_script("arguments[0].focus()", self.sign())
        self.press(Keys.ENTER)
        self.wait(lambda: len(self.lines()) == few, "the sign does not gather them again")
        self.assertEqual(self.parameter("apart"), "")

    def test_opens_the_list_of_its_edges(self):
        self.open(f"?collapse={self.name}")
        self.click_in_picture("edge", self.line())
        self.wait(lambda: self.parameter("pair") == self.pair, "the line is not all of its edges")
        self.assertEqual(self.ids("#panel .call", "edge"), sorted(edge["id"] for edge in self.edges))
        self.assertEqual(self.field("requests"), str(sum(edge["requests"] for edge in self.edges)))
        self.assertIn("server.id ==", self.one("#panel .command code").text)
        self.shoot("bundle-panel-light-1280")
        self.one("#panel [data-apart]").click()
        self.wait(lambda: len(self.lines()) > len(self.pairs), "the panel does not take it apart")
        self.one("#panel [data-together]").click()
        self.wait(lambda: len(self.lines()) == len(self.pairs), "the panel does not gather it")
        # One of them keeps the line of all.
        last = self.edges[-1]["id"]
        self.click(f'#panel .call[data-edge="{last}"]')
        self.wait(lambda: self.parameter("edge") == last, "an edge of the list is not selected")
        self.assertEqual([e.get_attribute("data-edge") for e in self.all("#stage g.edge.selected")], [self.line()])
        self.size(1280, 800, "dark")
        self.open(f"?collapse={self.name}&pair={urllib.parse.quote(self.pair, safe='')}")
        self.shoot("bundle-panel-dark-1280")

    def test_what_is_left_of_it_is_an_edge(self):
        left = self.edges[0]
        self.open(f"?collapse={self.name}&filter=" + urllib.parse.quote(f'edge.id == "{left["id"]}"', safe=""))
        self.assertEqual(self.all("#stage g.part"), [])
        self.open(f"?collapse={self.name}")
        self.one("#query-filter").send_keys(f'edge.id == "{left["id"]}"', Keys.ENTER)
        self.wait(lambda: self.parameter("filter"), "the filter was not taken")
        self.wait(lambda: "edges" not in self.told("title"), "one edge is told as several")
        self.assertEqual(self.told("title"), f"{left.get('protocol', left['transport'])} :{left['port']}")

    def test_every_edge_can_have_its_line(self):
        self.open(f"?collapse={self.name}")
        self.one("#layout summary").click()
        self.one("#gathering").click()
        self.wait(lambda: self.lines() == sorted(edge["id"] for edge in self.document["edges"]), "not every edge has a line")
        self.assertEqual(self.parameter("gather"), "no")
        self.assertEqual(self.all("#stage g.part"), [])

    def test_a_replay_adds_up_each_step(self):
        self.open(f"?collapse={self.name}&label=rate")
        frames = ask("api/v1/frames", level="workload", collapse=self.name)
        own = {frames["edges"].index(edge["id"]) for edge in self.edges}
        step = next(frame for frame in frames["frames"] if len({cell[0] for cell in frame["cells"]} & own) > 1)
        self.open(f"?collapse={self.name}&label=rate&at={step['from']}")
        rate = sum(cell[1] / cell[11] for cell in step["cells"] if cell[0] in own and cell[11])
        shown = lambda: self.told("figures").removesuffix("/s")
        self.wait(lambda: shown().replace(".", "").isdigit() and abs(float(shown()) - rate) <= rate * 0.06, "not the sum of the step")
