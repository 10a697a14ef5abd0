# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""Tables, exports, labels, overview, print and keys."""

import csv
import io
import json
import urllib.error
import urllib.parse
import urllib.request

from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

import support
from support import BrowserTest, ask, graph, plain


class TableTest(BrowserTest):
    def rows(self):
        return self.all("#table tbody tr")

    def caught_file(self):
        """The text that the next download would save."""
        self.driver.execute_script("""
            window.saved = null;
            const make = URL.createObjectURL;
            URL.createObjectURL = (blob) => { blob.text().then((text) => { window.saved = text; }); return make.call(URL, blob); };""")
        self.one("#table-csv").click()
        self.wait(lambda: self.driver.execute_script("return window.saved"), "nothing was saved")
        return list(csv.DictReader(io.StringIO(self.driver.execute_script("return window.saved"))))

    def test_needs_no_scrolling_sideways(self):
        width = "const part = document.querySelector(arguments[0]); return part.scrollWidth - part.clientWidth"
        self.size(1280, 800)
        for tab in ("edges", "nodes", "namespaces"):
            self.open(f"?view=table&tab={tab}", ready="graph")
            self.assertEqual(self.driver.execute_script(width, "#table .scroll"), 0, f"the table of {tab} is wider than its window")
        for scheme in ("light", "dark"):
            self.size(390, 844, scheme)
            self.open("?view=transactions", ready="graph")
            self.wait(lambda: self.all("#transactions tbody tr"), "no transaction came")
            self.assertEqual(self.driver.execute_script(width, "#transactions .scroll"), 0, "transactions are wider than the phone")
            self.one("#transactions tbody button").click()
            self.wait(lambda: self.all("#transactions .detail"), "it does not open")
            self.assertEqual(self.driver.execute_script(width, "#transactions .scroll"), 0, "what is told of one is wider than the phone")
            cells = self.all("#transactions tbody tr")[0].find_elements("css selector", "th, td")
            self.assertEqual([cell.text for cell in cells if not cell.is_displayed()], [], "part of a transaction is not seen")
            self.assertTrue(all(cell.rect["x"] + cell.rect["width"] <= 390 for cell in cells), "part of a transaction is out of sight")
            self.shoot(f"transactions-{scheme}-390")

    def test_lists_nodes_and_namespaces(self):
        self.size(1280, 800)
        self.open("?view=table", ready="graph")
        document = graph()
        self.one("#tab-nodes").click()
        self.assertEqual(self.ids("#table tbody tr", "node"), sorted(node["id"] for node in document["nodes"]))
        self.shoot("nodes-light-1280")
        self.press(Keys.ARROW_RIGHT)
        self.wait(lambda: self.parameter("tab") == "namespaces", "arrow keys do not go through the tabs")
        names = {node["namespace"] for node in document["nodes"] if "namespace" in node}
        self.assertEqual(set(self.ids("#table tbody tr", "box")), names)
        self.shoot("namespaces-light-1280")
        self.point(self.rows()[0])
        self.wait(lambda: self.one("#panel").is_displayed(), "a row does not open its details")
        self.assertIn(self.one("#panel h2").text, names)

    def test_sorts_filters_and_keeps_both_in_the_address(self):
        self.size(1280, 800, "dark")
        self.open("?view=table", ready="graph")
        self.one('#table button[data-key="p95"]').click()
        self.one("#table-text").send_keys("dns")
        edges = [edge for edge in graph()["edges"] if edge.get("protocol") == "dns" or "dns" in edge["id"].rsplit(":")[0]]
        order = [edge["id"] for edge in sorted(edges, key=lambda edge: -edge["latency"].get("p95", -1))]
        shown = lambda: [row.get_attribute("data-edge") for row in self.rows()]
        self.wait(lambda: sorted(shown()) == sorted(order), "not the rows with the text")
        measured = [edge["id"] for edge in edges if "p95" in edge["latency"]]
        self.assertEqual(shown()[:len(measured)], order[:len(measured)])
        self.driver.refresh()
        self.wait(lambda: self.all("#table tbody tr") and sorted(shown()) == sorted(order), "the address does not bring it back")
        self.assertEqual(self.one("#table th[aria-sort] button").get_attribute("data-key"), "p95")

    def test_saves_what_it_shows(self):
        self.size(1280, 800)
        self.open("?view=table&text=redis", ready="graph")
        rows = self.caught_file()
        self.assertEqual(len(rows), len(self.rows()))
        edges = {(edge["requests"], edge["bytes"]["sent"] + edge["bytes"]["received"]) for edge in graph()["edges"] if "redis" in edge["id"]}
        self.assertEqual({(int(row["requests"]), int(row["bytes"])) for row in rows}, edges)

    def test_gathers_edges_between_the_same_two(self):
        self.size(1280, 800)
        document = graph("?level=namespace")
        pairs = {}
        for edge in document["edges"]:
            pairs.setdefault((edge["client"], edge["server"]), []).append(edge)
        several = max(pairs.values(), key=len)
        self.assertGreater(len(several), 1, "the store under test has no parallel edges")
        self.open("?level=namespace&view=table", ready="graph")
        self.assertEqual(len(self.rows()), len(pairs))
        rows = {tuple(json.loads(row.get_attribute("data-pair"))): row for row in self.all("#table tr[data-pair]")}
        self.assertEqual(set(rows), {ends for ends, edges in pairs.items() if len(edges) > 1})
        ends = (several[0]["client"], several[0]["server"])
        cells = [plain(cell.text) for cell in rows[ends].find_elements("css selector", "td")]
        self.assertIn(str(sum(edge["requests"] for edge in several)), cells)
        self.assertTrue(any(cell.startswith("≤") for cell in cells), "a percentile of several is told as if it were known")
        rows[ends].find_element("css selector", "button").send_keys(Keys.ENTER)
        self.wait(lambda: self.all("#table tr.part"), "Enter does not show them one by one")
        self.assertEqual(self.driver.switch_to.active_element.get_attribute("aria-expanded"), "true", "the focus is lost")
        self.assertEqual(self.ids("#table tr.part", "edge"), sorted(edge["id"] for edge in several))
        self.shoot("gathered-light-1280")
        saved = self.caught_file()
        self.assertEqual(len(saved), len(document["edges"]), "a file has every edge by itself")
        self.click("#table-gather")
        self.wait(lambda: self.ids("#table tbody tr", "edge") == sorted(edge["id"] for edge in document["edges"]), "not a row for each edge")
        self.assertEqual(self.parameter("gather"), "no")

    def test_a_panel_sums_up_edges_between_the_same_two(self):
        self.size(1280, 1000)
        pairs = {}
        for edge in graph("?level=namespace")["edges"]:
            pairs.setdefault((edge["client"], edge["server"]), []).append(edge)
        several = max(pairs.values(), key=len)
        chosen = several[0]["id"]
        self.open(f"?level=namespace&edge={urllib.parse.quote(chosen, safe='')}")
        section = self.all("#panel section")[0]
        self.assertEqual(plain(section.find_element("css selector", '[data-field="requests"]').text), str(sum(edge["requests"] for edge in several)))
        listed = {one.get_attribute("data-edge"): one for one in section.find_elements("css selector", "[data-edge]")}
        self.assertEqual(set(listed), {edge["id"] for edge in several})
        self.assertEqual([identifier for identifier, one in listed.items() if one.get_attribute("aria-current") == "true"], [chosen])
        self.shoot("parallel-light-1280")
        listed[several[1]["id"]].click()
        self.wait(lambda: self.parameter("edge") == several[1]["id"], "another of them is not shown")

    def test_a_text_that_nothing_holds_says_so(self):
        self.size(390, 844)
        self.open("?view=table&text=zzzz", ready="graph")
        self.assertTrue(self.one("#table .none").is_displayed())
        self.one("#table-text").clear()
        self.one("#table-text").send_keys("a")
        self.wait(lambda: self.rows(), "no row came back")
        self.assertLessEqual(self.driver.execute_script("return document.documentElement.scrollWidth"), 390)
        self.shoot("table-light-390")

    def test_exports_exactly_what_is_shown(self):
        self.size(1280, 800)
        expression = "edge.errorRate > 0.01"
        self.open("?filter=" + urllib.parse.quote(expression))
        expected = self.await_edges(filter=expression)
        self.one("#export summary").click()
        self.shoot("export-light-1280")
        kinds = {"svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf", "dot": "text/vnd.graphviz", "json": "application/json", "mmd": "text/vnd.mermaid",
                 "csv": "text/csv", "graphml": "application/graphml+xml"}
        signs = {"png": b"\x89PNG\r\n\x1a\n", "pdf": b"%PDF-"}
        self.assertEqual(sorted(link.get_attribute("id") for link in self.all("#export a")), sorted(f"export-{kind}" for kind in kinds))
        for kind, media in kinds.items():
            address = self.one(f"#export-{kind}").get_attribute("href")
            try:
                with urllib.request.urlopen(address) as response:
                    self.assertTrue(response.headers["Content-Type"].startswith(media), kind)
                    content = response.read()
            except urllib.error.HTTPError as refused:
                self.assertEqual((refused.code, kind in signs), (501, True), kind)
                print(f"skipped: export as {kind}: no rsvg-convert (apt-get install librsvg2-bin)")
                continue
            if kind in signs:
                self.assertTrue(content.startswith(signs[kind]), kind)
                continue
            text = content.decode()
            if kind == "csv":
                self.assertEqual(len(list(csv.DictReader(io.StringIO(text)))), len(expected))
            elif kind == "graphml":
                self.assertEqual(text.count("<edge "), len(expected))
            elif kind == "svg":
                self.assertEqual(text.count('<path class="edge-path"'), len(expected))

    def test_writes_the_chosen_figure_on_edges(self):
        self.size(1280, 800)
        self.open()
        edge = self.busiest(graph())
        signs = {"rate": "/s", "errors": "%", "p50": "s", "p95": "s", "p99": "s", "serverTime": "s", "rtt": "s", "bytes": "B/s", "connects": "/"}
        chosen = [option.get_attribute("value") for option in Select(self.one("#label")).options]
        self.assertEqual(sorted(chosen), sorted([*signs, "summary"]))
        for label, sign in signs.items():
            Select(self.one("#label")).select_by_value(label)
            text = self.driver.execute_script("""
                return [...document.querySelectorAll("#stage g.edge-label")]
                  .find((one) => one.dataset.edge === arguments[0]).querySelector(".edge-label-figures").textContent""", edge["id"])
            self.assertIn(sign, text, label)
            self.assertEqual(self.parameter("label"), label)

    def test_a_small_map_shows_where_one_is(self):
        self.size(1280, 800)
        self.open()
        self.assertFalse(self.one("#minimap").is_displayed(), "it stands there with nothing to say")
        for _ in range(4):
            self.one("#zoom-in").click()
        self.assertTrue(self.one("#minimap").is_displayed())
        self.assertEqual(len(self.all("#minimap .dot")), len(graph()["nodes"]))
        self.shoot("minimap-light-1280")
        before = self.view_box()
        support.webdriver.ActionChains(self.driver).move_to_element_with_offset(self.one("#minimap svg"), -60, -30).click().perform()
        self.assertNotEqual(self.view_box(), before)
        self.one("#fit").click()
        self.assertFalse(self.one("#minimap").is_displayed())

    def test_works_with_keys(self):
        self.size(1280, 800)
        self.open()
        self.press("t")
        self.wait(lambda: self.one("#table").is_displayed(), "t does not show the table")
        self.press("t")
        self.press("l")
        self.assertIsNotNone(self.one("#legend").get_attribute("open"))
        self.press("?")
        self.assertTrue(self.one("#help").is_displayed())
        self.shoot("help-light-1280")
        self.press(Keys.ESCAPE)
        self.assertFalse(self.one("#help").is_displayed())
        for key, box in (("f", "query-filter"), ("m", "query-find"), ("/", "search")):
            self.driver.execute_script("document.activeElement.blur()")
            self.press(key)
            self.assertEqual(self.driver.switch_to.active_element.get_attribute("id"), box)
            self.assertEqual(self.driver.switch_to.active_element.get_attribute("value"), "", "the key was typed too")

    def test_everything_that_acts_has_a_name(self):
        self.size(1280, 800)
        edge = self.busiest(graph())
        self.open(f"?top=5&filter=true&edge={urllib.parse.quote(edge['id'], safe='')}")
        self.one("#legend summary").click()
        nameless = self.driver.execute_script("""
            return [...document.querySelectorAll("button, a[href], input, select, summary, [role=button]")].filter((one) =>
              !(one.getAttribute("aria-label") || one.textContent.trim() || one.labels?.length || one.getAttribute("aria-labelledby")))
              .map((one) => one.outerHTML.slice(0, 120))""")
        self.assertEqual(nameless, [])

    def test_headings_and_landmarks_lead_through_the_page(self):
        self.size(1280, 800)
        edge = self.busiest(graph())["id"]
        for query, ready in (("?view=table", "graph"), ("?view=transactions", "graph"), (f"?top=5&edge={urllib.parse.quote(edge, safe='')}", "map")):
            self.open(query, ready)
            levels = self.driver.execute_script("""
                return [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter((one) => one.checkVisibility()).map((one) => Number(one.localName[1]))""")
            self.assertEqual(levels[0], 1)
            self.assertTrue(all(after <= before + 1 for before, after in zip(levels, levels[1:])), levels)
            astray = self.driver.execute_script("""
                return [...document.body.children].filter((one) => one.checkVisibility() && one.textContent.trim() !== ""
                  && !one.matches("header, nav, main, footer, section[aria-label], dialog, [role=alert], script, .skip")).map((one) => one.outerHTML.slice(0, 120))""")
            self.assertEqual(astray, [], query)
            doubled = self.driver.execute_script("""
                const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
                return ids.filter((id, position) => ids.indexOf(id) !== position)""")
            self.assertEqual(doubled, [], "an id stands twice")
            lost = self.driver.execute_script("""
                return ["aria-controls", "aria-labelledby", "aria-describedby", "list"].flatMap((name) =>
                  [...document.querySelectorAll(`[${name}]`)].filter((one) => one.checkVisibility()).flatMap((one) => one.getAttribute(name).split(" ")).filter((id) => !document.getElementById(id)))""")
            self.assertEqual(lost, [], "something refers to what is not there")

    def test_skips_to_what_is_shown(self):
        self.size(1280, 800)
        for query, ready, where in (("", "map", "#stage"), ("?view=table", "graph", "#table-body"), ("?view=transactions", "graph", "#transactions .scroll")):
            self.open(query, ready)
            self.press(Keys.TAB)
            self.assertEqual(self.driver.switch_to.active_element.get_attribute("id"), "skip")
            self.press(Keys.ENTER)
            self.assertEqual(self.driver.switch_to.active_element, self.one(where))

    def test_prints_every_row_of_a_list(self):
        self.size(1280, 800)
        self.open("?view=transactions", ready="graph")
        self.wait(lambda: self.all("#transactions tbody tr"), "no transactions came")
        self.cdp("Emulation.setEmulatedMedia", {"media": "print"})
        try:
            hidden = self.driver.execute_script("const list = document.querySelector('#transactions .scroll'); return list.scrollHeight - list.clientHeight")
            self.assertLessEqual(hidden, 1)
            self.assertFalse(self.one("#transactions .bar-above").is_displayed())
            self.shoot("print-transactions-1280")
        finally:
            self.cdp("Emulation.setEmulatedMedia", {"media": ""})

    def test_prints_the_map_without_controls(self):
        self.size(1280, 800)
        self.open()
        self.cdp("Emulation.setEmulatedMedia", {"media": "print"})
        try:
            for hidden in ("#tools", ".zoom", "#theme"):
                self.assertFalse(self.one(hidden).is_displayed(), hidden)
            for shown in ("#range", "#stage svg", "#coverage"):
                self.assertTrue(self.one(shown).is_displayed(), shown)
            self.shoot("print-light-1280")
        finally:
            self.cdp("Emulation.setEmulatedMedia", {"media": ""})

    def test_keeps_still_for_those_who_want_it(self):
        self.size(1280, 800)
        self.cdp("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]})
        self.open()
        moving = self.driver.execute_script("""
            return [...document.querySelectorAll("*")].filter((one) => {
              const style = getComputedStyle(one);
              return style.animationName !== "none" || style.transitionDuration.split(",").some((time) => parseFloat(time) > 0);
            }).length""")
        self.assertEqual(moving, 0)
