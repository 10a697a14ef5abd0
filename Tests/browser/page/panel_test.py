# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""What the panel tells of an edge, a node and a box, and what can be done with its values."""

import shlex
import urllib.parse

from selenium.webdriver.common.keys import Keys

from support import BrowserTest, ask, graph, plain


class PanelTest(BrowserTest):
    def show(self, kind, identifier, height=1000, scheme="light", width=1280, more=""):
        self.size(width, height, scheme)
        self.open(f"?{kind}={urllib.parse.quote(identifier, safe='')}{more}")
        self.wait(lambda: self.one("#panel").is_displayed(), "the panel did not open")

    def test_draws_what_an_edge_did_over_time(self):
        edge = self.busiest(graph())
        self.show("edge", edge["id"])
        self.wait(lambda: self.all("#panel figure[data-chart]"), "no chart came")
        points = ask("api/v1/series", level="workload", edge=edge["id"])["points"]
        busy = sum(point["requests"] > 0 for point in points)
        self.assertEqual(len(self.all('#panel [data-chart="rate"] rect.good')), busy)
        self.assertEqual(len(self.all('#panel [data-chart="rate"] rect.failed')), sum(point["failed"] > 0 for point in points))
        self.assertTrue(self.all('#panel [data-chart="errors"] path.errors'))
        for name in ("p50", "p95", "p99"):
            self.assertTrue(self.all(f'#panel [data-chart="times"] path.{name}'), name)
        told = [rect.get_attribute("textContent") for rect in self.all('#panel [data-chart="rate"] rect.step title')]
        self.assertEqual(len(told), len(points))
        self.assertTrue(all(f"{point['requests']} requests" in plain(text) for point, text in zip(points, told)), told)
        unnamed = self.all("#panel figure:not([aria-label])")
        self.assertEqual(unnamed, [], "a chart has no name for screen readers")

    def test_marks_percentiles_in_the_histogram(self):
        self.show("edge", self.busiest(graph())["id"])
        self.wait(lambda: self.all("#panel .histogram"), "no histogram came")
        for name in ("p50", "p95", "p99"):
            self.assertTrue(self.all(f"#panel .histogram .mark-{name}"), name)

    def loading(self):
        return len(self.all("#panel .coming"))

    def test_shows_what_it_knows_while_histograms_come(self):
        edge = self.busiest(graph())
        self.hold("api/v1/edges/")
        self.show("edge", edge["id"])
        self.await_held(1)
        self.assertEqual(self.field("requests"), str(edge["requests"]))
        self.assertEqual(self.all("#panel .histogram"), [])
        self.assertGreater(self.loading(), 0, "nothing says that more comes")
        height = self.driver.execute_script("return document.querySelector('#panel .coming').offsetHeight")
        self.wait(lambda: self.all("#panel [data-chart]"), "no chart came")
        self.driver.execute_script("document.querySelector('#panel .coming').scrollIntoView({block: 'center'})")
        self.shoot("panel-loading-light-1280")
        self.driver.execute_script("window.held[0].go()")
        self.wait(lambda: self.all("#panel .histogram"), "no histogram came")
        self.assertEqual(self.loading(), 0)
        drawn = self.driver.execute_script("return document.querySelector('#panel figure:has(.histogram)').offsetHeight")
        self.assertLessEqual(abs(height - drawn), 1, "what is below moves when the histogram comes")
        self.assertEqual(self.counted(), self.measured(edge), "not the histograms of the edge")

    def counted(self):
        """Samples in the bars of all histograms."""
        bars = self.driver.execute_script("return [...document.querySelectorAll('#panel .histogram rect title')].map((one) => one.textContent)")
        return sum(int(plain(bar.rsplit(": ", 1)[1])) for bar in bars)

    def measured(self, edge):
        return sum(part[times].get("count", 0) for part in edge["protocols"] for times in ("latency", "serverTime"))

    def test_says_when_histograms_do_not_come_and_tries_again(self):
        edge = self.busiest(graph())
        self.hold("api/v1/edges/")
        self.show("edge", edge["id"], scheme="dark")
        self.await_held(1)
        self.driver.execute_script("window.held[0].answer(503, {detail: 'busy'})")
        self.wait(lambda: self.all("#panel .retry"), "nothing says that it failed")
        self.assertEqual(self.loading(), 0)
        self.assertEqual(self.field("requests"), str(edge["requests"]), "what is known is gone too")
        self.shoot("panel-failed-dark-1280")
        self.click("#panel .retry")
        self.await_held(2)
        self.assertEqual(self.all("#panel .retry"), [])
        self.driver.execute_script("window.held[1].go()")
        self.wait(lambda: self.all("#panel .histogram"), "trying again does not help")

    def test_keeps_histograms_until_those_of_another_time_are_there(self):
        edge = self.busiest(graph())
        self.hold("api/v1/edges/")
        self.show("edge", edge["id"], more="&window=20s")
        self.await_held(1)
        self.driver.execute_script("window.held[0].go()")
        self.wait(lambda: self.all("#panel .histogram"), "no histogram came")
        # Whether it was ever without one.
        self.driver.execute_script("""
            window.gaps = 0;
            new MutationObserver(() => (window.gaps += document.querySelector("#panel .histogram") ? 0 : 1))
              .observe(document.querySelector("#panel"), { childList: true, subtree: true });""")
        for count in (2, 3):
            self.click("#time-back")
            self.await_held(count)
            self.assertTrue(self.all('#panel figure[aria-busy="true"]'), "nothing says that it is of another time")
        # The later question is answered first, and the earlier one, which nobody waits for, changes nothing.
        self.assertEqual(self.driver.execute_script("return window.held.slice(1).map((one) => one.isAborted)"), [True, False])
        self.driver.execute_script("window.held[2].go()")
        self.wait(lambda: not self.all('#panel figure[aria-busy="true"]'), "the newer histogram did not come")
        self.driver.execute_script("window.held[1].go()")
        shown = ask("api/v1/edges/" + urllib.parse.quote(edge["id"], safe=""), level="workload", **{"from": self.parameter("from"), "to": self.parameter("to")})
        self.assertEqual(self.counted(), self.measured(shown["edge"]))
        self.assertEqual(self.driver.execute_script("return window.gaps"), 0, "the histogram went away meanwhile")

    def test_sorts_operations(self):
        edge = self.busiest(graph())
        self.show("edge", edge["id"])
        operations = next(p for p in edge["protocols"] if p["protocol"] == edge["protocol"])["operations"]
        names = lambda: [cell.text for cell in self.all("#panel td.operation")]
        self.wait(names, "no operations came")
        self.assertEqual(len(names()), len(operations))
        self.click('#panel [data-operations="operation"]')
        self.assertEqual([name.replace("\n", "") for name in names()], sorted(name.replace("\n", "") for name in names()))
        self.click('#panel [data-operations="p95"]')
        slowest = max(operations, key=lambda one: one["latency"].get("p95", -1))["operation"]
        self.assertEqual(self.all("#panel td.operation")[0].get_attribute("textContent"), slowest)
        self.assertEqual(self.driver.switch_to.active_element.get_attribute("data-operations"), "p95", "the focus is lost")

    def test_filters_examples_among_all_that_are_kept(self):
        edge = self.busiest(graph())
        self.show("edge", edge["id"])
        kept = ask("api/v1/transactions", level="workload", edge=edge["id"], limit=1000)["transactions"]
        self.wait(lambda: self.all("#panel .samples li"), "no examples came")
        self.choose("#samples-outcome", "failed")
        failed = [one for one in kept if one["outcome"] in ("serverError", "serverClosed", "timedOut")]
        self.assertTrue(failed, "the store under test has no failed example")
        self.wait(lambda: len(self.all("#panel .samples li")) == len(failed), "not all failed examples are shown")
        operation = failed[0]["operation"]
        self.choose("#samples-operation", operation)
        expected = [one for one in failed if one["operation"] == operation]
        self.wait(lambda: len(self.all("#panel .samples li")) == len(expected), "not the examples of the operation are shown")
        chosen = self.driver.execute_script("return document.querySelector('#samples-operation').value")
        self.assertEqual(chosen, operation, "what was chosen is lost")
        self.choose("#samples-outcome", "clientGaveUp")
        self.wait(lambda: not self.all("#panel .samples li"), "examples that nobody asked for")
        self.assertTrue(self.one("#samples-outcome").is_displayed(), "there is no way back")

    def test_values_become_filters(self):
        edge = self.busiest(graph())
        self.show("edge", edge["id"])
        self.click("#panel header .value.badge")
        self.assertTrue(self.one("#value-menu").is_displayed())
        self.shoot("value-light-1280")
        self.all("#value-menu button")[0].click()
        self.await_edges(filter=f'edge.health == "{edge["health"]}"')
        self.assertEqual(self.parameter("filter"), f'edge.health == "{edge["health"]}"')
        self.assertFalse(self.one("#value-menu").is_displayed())
        # A figure means at least so much, and what shows it matches.
        self.click('#panel [data-field="latency.p95"] .value')
        self.press(Keys.ENTER)
        self.wait(lambda: "edge.latency.p95 >= duration(" in self.parameter("filter"), "the figure is not in the filter")
        self.await_edges(filter=self.parameter("filter"))
        self.assertIn(edge["id"], self.edges_shown())
        self.one("#query-filter").clear()
        self.one("#query-filter").send_keys(Keys.ENTER)
        self.wait(lambda: len(self.edges_shown()) == len(graph()["edges"]), "the filter is not taken away")
        self.click("#panel header .value.chip")
        self.press(Keys.ESCAPE)
        self.assertFalse(self.one("#value-menu").is_displayed())
        self.assertTrue(self.one("#panel").is_displayed(), "Escape closed more than the menu")
        self.click("#panel header .value.chip")
        self.press(Keys.ARROW_DOWN, Keys.ENTER)
        self.await_edges(hide=f'"{edge["protocol"]}" in edge.protocols')

    def test_statuses_and_operations_can_be_asked_for(self):
        whole = graph()
        edge = next(edge for edge in whole["edges"] if any(metrics.get("statuses") for metrics in edge["protocols"]))
        metrics = next(metrics for metrics in edge["protocols"] if metrics.get("statuses"))
        for selector, clause in [
            (f'#panel [data-statuses="{metrics["protocol"]}"] .value', f'"{next(iter(metrics["statuses"]))}" in edge.statuses'),
            ("#panel .operations .operation .value", None),
        ]:
            self.show("edge", edge["id"])
            self.wait(lambda: self.all(selector), f"no {selector} came")
            self.click(selector)
            clause = clause or self.one(selector).get_attribute("data-clause")
            self.assertIn(" in edge.", clause)
            self.press(Keys.ENTER)
            self.await_edges(filter=clause)
            self.assertIn(edge["id"], self.edges_shown())
            self.assertEqual(self.parameter("filter"), clause)

    def test_gives_the_command_for_the_same_answer(self):
        edge = self.busiest(graph())
        self.show("edge", edge["id"])
        words = shlex.split(self.one("#panel .command code").get_attribute("textContent"))
        self.assertEqual(words[:3], ["svcmap", "export", "--table"])
        self.assertEqual(words[words.index("--filter") + 1], f'edge.id == "{edge["id"]}"')
        self.cdp("Browser.grantPermissions", {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]})
        self.click("#panel .command button")
        self.wait(lambda: self.one("#panel .command button").text == "Copied", "it does not say that it was copied")
        copied = self.driver.execute_async_script("navigator.clipboard.readText().then(arguments[0], (error) => arguments[0](String(error)))")
        self.assertEqual(shlex.split(copied), words)

    def test_lists_what_is_next_to_an_edge(self):
        document = graph()
        edge = self.busiest(document)
        self.show("edge", edge["id"])
        ends = {edge["client"], edge["server"]}
        near = {e["id"] for e in document["edges"] if ends & {e["client"], e["server"]}} - {edge["id"]}
        shown = set(self.ids("#panel button[data-edge]", "edge"))
        self.assertTrue(shown <= near and len(shown) == min(len(near), 12), shown ^ near)

    def test_sums_up_a_node(self):
        document = graph()
        node = self.busiest(document)["server"]
        self.show("node", node, height=1600, scheme="dark")
        served = sum(edge["requests"] for edge in document["edges"] if edge["server"] == node)
        self.assertEqual(self.field("requests"), str(served))
        addresses = next(n for n in document["nodes"] if n["id"] == node)["addresses"]
        self.wait(lambda: self.all("#panel .addresses"), "no addresses came")
        self.assertEqual([item.text for item in self.all("#panel .addresses > li > .value")], addresses)
        dialled = {entry["id"] for edge in document["edges"] if edge["server"] == node for entry in edge["dialled"]}
        listed = {item.get_attribute("data-copy") for item in self.all("#panel .plain:not(.addresses) .value")}
        self.assertEqual(listed, dialled)
        self.shoot("node-dark-1280")
        self.click("#panel .addresses .value")
        self.all("#value-menu button")[0].click()
        self.await_edges(filter=f'"{addresses[0]}" in client.addresses || "{addresses[0]}" in server.addresses')

    def test_tells_who_a_node_is_and_was(self):
        node = next(node for node in graph()["nodes"] if node.get("workloadKind") == "Deployment" and node["name"] == "app")
        self.show("node", node["id"], height=2400)
        told = ask("api/v1/nodes/" + urllib.parse.quote(node["id"], safe=""), level="workload")
        self.wait(lambda: self.all("#panel .addresses"), "no addresses came")
        histories = [[part.text for part in item.find_elements("css selector", ".history li")] for item in self.all("#panel .addresses > li")]
        self.assertEqual(len(histories), len(told["addresses"]))
        for shown, known in zip(histories, told["addresses"]):
            self.assertEqual(len(shown), len(known["history"]), known["address"])
            for text, part in zip(shown, known["history"]):
                self.assertIn(part["name"], text)
                for end in ("from", "to"):
                    self.assertEqual(part.get(end, "").replace("T", " ").rstrip("Z") in text, True, text)
        self.assertEqual({item.text.split(" = ")[0]: item.text.split(" = ")[1] for item in self.all("#panel .labels li")}, told["labels"])
        self.assertEqual([item.text for item in self.all("#panel .pods .name")], [pod["name"] for pod in told["pods"]])
        self.shoot("identity-light-1280")
        key = sorted(told["labels"])[0]
        self.click(f'#panel .labels [data-group="{key}"]')
        self.wait(lambda: self.parameter("group") == f"label:{key}", "the map is not grouped by the label")
        grouped = {one["id"] for one in graph(f"?level=workload&group=label:{key}")["nodes"]}
        self.wait(lambda: set(self.ids("#stage g.node", "node")) == grouped, "the map does not show the groups")

    def test_draws_what_a_node_answered_and_asked(self):
        node = next(node for node in graph()["nodes"] if node["name"] == "app")["id"]
        self.show("node", node, height=2000)
        self.wait(lambda: len(self.all('#panel [data-chart="rate"]')) == 2, "no charts came")
        series = ask("api/v1/series", level="workload", node=node)
        for chart, points in zip(self.all('#panel [data-chart="rate"]'), (series["points"], series["calls"])):
            self.assertEqual(len(chart.find_elements("css selector", "rect.good")), sum(point["requests"] > 0 for point in points))
            told = [step.get_attribute("textContent") for step in chart.find_elements("css selector", "rect.step title")]
            self.assertTrue(all(f"{point['requests']} requests" in plain(text) for point, text in zip(points, told)), told)

    def test_sums_up_a_namespace(self):
        document = graph()
        self.size(1280, 1200)
        self.open()
        name = "demo"
        inside = {node["id"] for node in document["nodes"] if node.get("namespace") == name}
        title = next(box for box in self.all("#stage g.namespace") if box.get_attribute("data-namespace") == name)
        self.driver.execute_script("arguments[0].querySelector('.namespace-title').dispatchEvent("
                                   "new PointerEvent('pointerdown', {bubbles: true, pointerId: 1, isPrimary: true}));"
                                   "arguments[0].querySelector('.namespace-title').dispatchEvent("
                                   "new PointerEvent('pointerup', {bubbles: true, pointerId: 1, isPrimary: true}))", title)
        self.wait(lambda: self.parameter("box") == name, "the address does not tell")
        self.assertEqual(set(self.ids("#panel button[data-node]", "node")), inside)
        within = {e["id"] for e in document["edges"] if e["client"] in inside or e["server"] in inside}
        self.assertEqual(set(self.ids("#panel button[data-edge]", "edge")), within)
        self.shoot("box-light-1280")
        self.click("#panel [data-namespace]")
        self.await_edges(namespace=name)

    def test_hides_a_node(self):
        document = graph()
        node = self.busiest(document)["server"]
        self.show("node", node)
        self.one("#panel [data-hide]").click()
        self.await_edges(hide=f'client.id == "{node}" || server.id == "{node}"')

    def test_keeps_its_title_and_the_way_out_above_what_is_scrolled(self):
        edge = self.busiest(graph())
        for width, height, scheme in ((1280, 800, "light"), (390, 844, "dark")):
            self.show("edge", edge["id"], width=width, height=height, scheme=scheme)
            self.wait(lambda: self.all("#panel .histogram") and self.all("#panel [data-chart]"), "the panel is not whole")
            covered = self.driver.execute_script("""
                const panel = document.querySelector("#panel");
                const line = panel.querySelector(".headline");
                const wrong = [];
                for (let top = 0; top < panel.scrollHeight - panel.clientHeight; top += 97) {
                  panel.scrollTop = top;
                  const [button, all] = [panel.querySelector(".close").getBoundingClientRect(), line.getBoundingClientRect()];
                  // Beside and around the button there is nothing but the line that it stands on.
                  for (const x of [all.left + 20, button.left - 6, button.left + 4, all.right - 6]) {
                    for (const y of [button.top + 2, button.bottom - 2]) {
                      if (!line.contains(document.elementFromPoint(x, y))) wrong.push([top, x, y]);
                    }
                  }
                  if (Math.abs(all.top - panel.getBoundingClientRect().top) > 2) wrong.push([top, all.top]);
                }
                return [wrong, getComputedStyle(line).backgroundColor];""")
            self.assertEqual(covered[0], [])
            self.assertRegex(covered[1], r"^rgb\(", "what is scrolled shines through")
            self.shoot(f"scrolled-{scheme}-{width}")

    def test_fits_a_phone(self):
        edge = self.busiest(graph())
        self.show("edge", edge["id"], height=844, width=390)
        self.wait(lambda: self.all("#panel figure[data-chart]"), "no chart came")
        self.assertLessEqual(self.driver.execute_script("return document.documentElement.scrollWidth"), 390)
        wide = self.driver.execute_script("return document.querySelector('#panel').scrollWidth > document.querySelector('#panel').clientWidth")
        self.assertFalse(wide, "the panel scrolls sideways")
        self.driver.execute_script("document.querySelector('#panel [data-chart]').scrollIntoView()")
        self.shoot("series-light-390")
