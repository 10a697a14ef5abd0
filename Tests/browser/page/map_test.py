# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""The map itself, its panel and its states."""

import urllib.parse

from selenium import webdriver
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from support import BrowserTest, ask, graph, plain


class MapTest(BrowserTest):
    def test_shows_every_node_and_edge(self):
        self.size(1280, 800)
        self.open()
        document = graph()
        self.assertTrue(document["edges"], "the store under test has no edges")
        self.assertEqual(self.ids("#stage g.node", "node"), sorted(node["id"] for node in document["nodes"]))
        self.assertEqual(self.ids("#stage g.edge", "edge"), sorted(edge["id"] for edge in document["edges"]))
        unnamed = self.all("#stage g.node:not([aria-label]), #stage g.edge:not([aria-label])")
        self.assertEqual(unnamed, [], "something has no name for screen readers")
        self.assertIn(str(len(document["edges"])), self.one("#size").text)
        self.shoot("map-light-1280")

    def test_tells_the_numbers_of_an_edge(self):
        self.size(1280, 1000, "dark")
        self.open()
        edge = self.busiest(graph())
        self.click_in_picture("edge", edge["id"])
        self.wait(lambda: self.one("#panel").is_displayed(), "the panel did not open")
        self.assertEqual(self.field("requests"), str(edge["requests"]))
        self.assertEqual(self.field("started"), str(edge["started"]))
        self.assertEqual(self.field("inFlight"), str(edge["inFlight"]))
        self.assertEqual(self.field("id"), edge["id"])
        for name in ("attempted", "established", "refused", "unanswered", "unreachable"):
            self.assertEqual(self.field(name), str(edge["connections"].get(name, 0)), name)
        self.assertEqual(self.field("outcomes.ok"), str(sum(p["outcomes"]["ok"] for p in edge["protocols"])))
        for metrics in edge["protocols"]:
            shown = {item.get_attribute("data-status"): plain(item.get_attribute("textContent")).removeprefix(item.get_attribute("data-status")).strip()
                     for item in self.all(f'#panel [data-statuses="{metrics["protocol"]}"] li')}
            self.assertEqual(shown, {status: str(count) for status, count in metrics["statuses"].items()})
        for way in ("sent", "received"):
            cell = self.one(f'#panel [data-field="bytes.{way}"]')
            self.assertEqual(plain(cell.get_attribute("title")), str(edge["bytes"][way]))
        if edge["latency"].get("count"):
            seconds = edge["latency"]["p95"]
            shown = self.field("latency.p95")
            unit = next(u for u in ("µs", "ms", "min", "s") if shown.endswith(u))
            value = float(shown.removesuffix(unit)) * {"µs": 1e-6, "ms": 1e-3, "s": 1, "min": 60}[unit]
            self.assertAlmostEqual(value, seconds, delta=seconds * 0.006 + 1e-9)
        self.shoot("edge-dark-1280")

    def test_shows_examples_of_an_edge_page_by_page(self):
        self.size(1280, 1000)
        self.open()
        edge = self.busiest(graph())
        page = ask("api/v1/transactions", level="workload", edge=edge["id"], limit=1000)
        self.assertTrue(page["transactions"], "the store under test has no examples")
        self.click_in_picture("edge", edge["id"])
        self.wait(lambda: self.all("#panel .samples li"), "no examples came")
        for _ in range(100):
            more = self.all("#panel .more")
            if not more:
                break
            before = len(self.all("#panel .samples li"))
            self.driver.execute_script("arguments[0].click()", more[0])
            self.wait(lambda: len(self.all("#panel .samples li")) > before, "no more examples came")
        shown = [(item.get_attribute("data-outcome"), item.find_element(By.CSS_SELECTOR, ".operation").get_attribute("textContent"))
                 for item in self.all("#panel .samples li")]
        self.assertEqual(shown, [(entry["outcome"], entry["operation"]) for entry in page["transactions"]])
        self.driver.execute_script("document.querySelector('#panel .samples').scrollIntoView()")
        self.shoot("examples-light-1280")

    def test_goes_from_node_to_edge_and_back(self):
        self.size(1280, 900)
        self.open()
        document = graph()
        edge = self.busiest(document)
        node = next(node for node in document["nodes"] if node["id"] == edge["server"])
        self.click_in_picture("node", node["id"])
        self.wait(lambda: self.all("#panel h2"), "the panel did not open")
        self.assertEqual(self.one("#panel h2").text, node["name"])
        self.assertEqual(self.field("id"), node["id"])
        touching = sorted(e["id"] for e in document["edges"] for end in ("client", "server") if e[end] == node["id"])
        self.assertEqual(self.ids("#panel button[data-edge]", "edge"), touching)
        near = self.driver.execute_script("""
            return [...document.querySelectorAll("#stage .veil use")].map((copy) => document.querySelector(copy.getAttribute("href")))
                .filter((part) => part.matches("g.edge")).map((part) => part.dataset.edge).sort()""")
        self.assertEqual(near, sorted(set(touching)), "not exactly the neighbors are highlighted")
        self.shoot("node-light-1280")
        call = next(b for b in self.all("#panel button[data-edge]") if b.get_attribute("data-edge") == edge["id"])
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", call)
        call.click()
        self.wait(lambda: "edge=" in self.driver.current_url, "the address does not tell the selection")
        self.assertEqual(self.field("requests"), str(edge["requests"]))
        webdriver.ActionChains(self.driver).send_keys(Keys.ESCAPE).perform()
        self.wait(lambda: not self.one("#panel").is_displayed(), "Escape did not close the panel")

    def test_finds_the_line_where_the_pointer_is(self):
        self.size(1280, 900)
        self.open()
        # Halfway along a line, in sight, where neither a node nor a label nor a tag lies above it.
        edge, x, y = self.driver.execute_script("""
            for (const group of document.querySelectorAll("#stage g.edge:not(.stub, .absent)")) {
              const path = group.querySelector(".edge-path");
              const { x, y } = path.getPointAtLength(path.getTotalLength() / 2).matrixTransform(path.getScreenCTM());
              const there = document.elementFromPoint(x, y);
              if (document.querySelector("#stage").contains(there) && !there.closest(".node, .edge-label, .stub, .fold")) return [group.dataset.edge, x, y];
            }""")
        actions = ActionBuilder(self.driver)
        actions.pointer_action.move_to_location(int(x) + 2, int(y))
        actions.perform()
        self.wait(lambda: self.all("#stage .veil .edge-halo"), "no line is pointed at")
        copied = self.driver.execute_script("""
            return [...document.querySelectorAll("#stage .veil use")].map((copy) => document.querySelector(copy.getAttribute("href")))
                .flatMap((part) => part.matches("g.edge") ? [part.dataset.edge] : [])""")
        self.assertEqual(copied, [edge])
        self.shoot("pointed-light-1280")
        actions.pointer_action.click()
        actions.perform()
        self.wait(lambda: self.all("#panel h2"), "the panel did not open")
        ends = next((e["client"], e["server"]) for e in graph()["edges"] if e["id"] == edge)
        chosen = self.parameter("edge") or self.parameter("pair")
        self.assertTrue(chosen == edge or all(end in chosen for end in ends), chosen)
        self.assertEqual(len(self.all("#stage .edge.selected > .edge-halo")), len(self.all("#stage .edge.selected")))
        # Beside everything nothing is pointed at.
        actions.pointer_action.move_to_location(2, 450)
        actions.perform()
        self.wait(lambda: not self.all("#stage .veil .edge-halo"), "the line is pointed at still")

    def test_works_from_the_keyboard(self):
        self.size(1280, 800)
        self.open()
        self.driver.execute_script("document.querySelector('#stage').focus()")
        before = self.view_box()
        webdriver.ActionChains(self.driver).send_keys("+", Keys.ARROW_RIGHT).perform()
        self.assertNotEqual(self.view_box(), before)
        webdriver.ActionChains(self.driver).send_keys("0").perform()
        self.assertEqual(self.view_box(), before)
        webdriver.ActionChains(self.driver).send_keys(Keys.TAB, Keys.ENTER).perform()
        self.wait(lambda: self.one("#panel").is_displayed(), "Tab and Enter did not open the panel")
        # What comes first is a namespace, as on the picture.
        self.assertIn(self.parameter("box"), ask("api/v1/overview")["namespaces"])
        self.assertEqual(self.one("#panel h2").text, self.parameter("box"))

    def test_changes_level_namespace_and_label(self):
        self.size(1280, 800)
        self.open()
        for level in ("pod", "service", "namespace", "node"):
            Select(self.one("#level")).select_by_value(level)
            expected = sorted(node["id"] for node in graph(f"?level={level}")["nodes"])
            self.wait(lambda: self.ids("#stage g.node:not(.absent)", "node") == expected, f"level {level} is not shown")
            self.assertIn(f"level={level}", self.driver.current_url)
        Select(self.one("#level")).select_by_value("workload")
        namespaces = ask("api/v1/overview")["namespaces"]
        if namespaces:
            self.one("#namespace-summary").click()
            self.one(f'#namespaces input[value="{namespaces[0]}"]').click()
            expected = sorted(edge["id"] for edge in graph(f"?level=workload&namespace={namespaces[0]}")["edges"])
            self.wait(lambda: self.edges_shown() == expected, "the namespace is not filtered")
            self.one("#all-namespaces").click()
        document = graph()
        self.wait(lambda: len(self.edges_shown()) == len(document["edges"]), "not all edges came back")
        edge = self.busiest(document)
        for label, sign in (("rate", "/"), ("errors", "%"), ("p95", "s")):
            Select(self.one("#label")).select_by_value(label)
            text = self.driver.execute_script("""
                return [...document.querySelectorAll("#stage g.edge-label")]
                  .find((e) => e.dataset.edge === arguments[0])?.querySelector(".edge-label-figures")?.textContent""", edge["id"])
            if text is not None:
                self.assertIn(sign, text, f"label {label}")

    def test_has_a_table_that_sorts(self):
        self.size(1280, 800, "dark")
        self.open("?view=table", ready="graph")
        document = graph()
        self.assertEqual(self.ids("#table tbody tr", "edge"), sorted(edge["id"] for edge in document["edges"]))
        self.assertEqual(self.all("#table tbody tr")[0].get_attribute("data-edge"), self.busiest(document)["id"])
        self.one('#table button[data-key="client"]').click()
        self.assertEqual(self.one("#table th[aria-sort]").get_attribute("aria-sort"), "ascending")
        self.assertFalse(self.one("#notice").is_displayed())
        self.shoot("table-dark-1280")

    def test_finds_nodes(self):
        self.size(1280, 800)
        self.open()
        node = graph()["nodes"][0]
        self.one("#search").send_keys(node["name"])
        self.assertIn(node["id"], self.ids("#stage g.node.found", "node"))
        self.one("#search").send_keys(Keys.ENTER)
        self.wait(lambda: self.one("#panel").is_displayed(), "Enter did not show what was found")

    def test_what_fails_comes_first(self):
        self.size(1280, 800)
        self.open()
        document = graph()
        ranks = ["unknown", "healthy", "degraded", "failing"]
        worst = {node["id"]: max((ranks.index(e["health"]) for e in document["edges"] if e["server"] == node["id"]), default=0)
                 for node in document["nodes"]}
        order = [worst[group.get_attribute("data-node")] for group in self.all("#stage g.node")]
        self.assertEqual(order, sorted(order, reverse=True), "the Tab key does not come to what fails first")
        self.assertGreater(order[0], order[-1], "the store under test is of one health")
        self.one("#search").send_keys("a", Keys.ENTER)
        self.wait(lambda: self.one("#panel").is_displayed(), "Enter did not show what was found")
        found = [worst[name] for name in self.ids("#stage g.node.found", "node")]
        self.assertEqual(worst[self.parameter("node")], max(found))

    def test_says_what_was_not_seen(self):
        self.size(1280, 800)
        self.open()
        frames = graph()["coverage"]["frames"]
        self.assertIn(str(frames), plain(self.one("#coverage summary").text))
        self.one("#coverage summary").click()
        self.assertTrue(self.all("#coverage li"))
        self.shoot("coverage-light-1280")

    def test_fits_a_phone(self):
        self.size(390, 844)
        self.open()
        width = self.driver.execute_script("return document.documentElement.scrollWidth")
        self.assertLessEqual(width, 390, "the page is wider than the phone")
        self.shoot("map-light-390")
        self.one("#options").click()
        self.assertTrue(self.one("#level").is_displayed())
        self.shoot("options-light-390")
        edge = self.busiest(graph())
        self.size(390, 844, "dark")
        self.open(f"?edge={urllib.parse.quote(edge['id'], safe='')}")
        self.assertEqual(self.field("requests"), str(edge["requests"]))
        self.shoot("edge-dark-390")

    def test_explains_an_empty_selection(self):
        self.size(1280, 800)
        self.open("?from=1999-01-01T00:00:00Z&to=1999-01-02T00:00:00Z", ready="empty")
        self.assertTrue(self.one("#notice h2").is_displayed())
        self.shoot("empty-light-1280")
        self.one("#notice button").click()
        self.wait(lambda: len(self.edges_shown()) == len(graph()["edges"]), "everything did not come back")

    def test_text_fits_its_boxes(self):
        for query in ("", "?level=pod", "?level=service", "?level=namespace", "?level=node"):
            # Large enough that labels are there.
            self.size(2560, 1600)
            self.open(query)
            told = self.driver.execute_script("""
                const within = (selector, texts, frame) => [...document.querySelectorAll(`#stage ${selector}`)].flatMap((group) => {
                  const shape = group.querySelector(frame);
                  return shape === null ? [] : [...group.querySelectorAll(texts)].map((text) => [text.textContent, text.getComputedTextLength(), shape.getBBox().width]);
                });
                return [...within("g.node", ".node-name, .node-detail", ".node-shape"), ...within("g.edge-label:not(.gathered)", "text", ".edge-label-box")];""")
            self.assertGreater(len(told), 4)
            self.assertEqual([one for one in told if one[0] and not one[1] > 0], [], "text is not laid out")
            self.assertEqual([one for one in told if one[1] > one[2] - 4], [], query)

    def test_places_of_nodes_are_those_of_the_browser(self):
        self.size(1280, 800)
        paths = set()
        for level in ("workload", "service", "namespace"):
            self.open(f"?level={level}")
            paths |= set(self.driver.execute_script("return [...document.querySelectorAll('#stage .node-shape')].map((shape) => shape.getAttribute('d'))"))
        # The cloud of the internet, which the example has not.
        paths.add("M18 64C3 64 -5 39.7 11 33.3C6 14.1 27 3.8 37 14.1C45 -3.8 72 -3.8 75 14.1C90 6.4 102 23 92 33.3C106 39.7 98 64 82 64Z")
        wrong = self.driver.execute_async_script("""
            const [paths, done] = arguments;
            import("/js/map/places.js").then(({ boundsOf }) => {
              const svg = document.querySelector("#minimap svg");
              document.querySelector("#minimap").hidden = false;
              done(paths.map((d) => {
                const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
                path.setAttribute("d", d);
                svg.append(path);
                const [told, known] = [boundsOf(d), path.getBBox()];
                return [d, Math.max(...["x", "y", "width", "height"].map((side) => Math.abs(told[side] - known[side])))];
              }).filter(([, error]) => !(error < 2)));
            }, (error) => done([String(error)]));""", sorted(paths))
        self.assertEqual(wrong, [])

    def test_keeps_hostile_text_inert(self):
        self.size(1280, 800)
        attack = "domain/<img src=x onerror=document.title='owned'><script>document.title='owned'</script>"
        self.open(f"?node={urllib.parse.quote(attack, safe='')}")
        self.assertEqual(self.one("#panel h2").text, attack)
        self.assertEqual(self.driver.title, "svcmap")
        self.assertEqual(self.all("#panel img, #panel script, #stage script, #stage foreignObject"), [])
        # The same in header fields of an example.
        text = "<img src=x onerror=document.title='owned'></dd><script>document.title='owned'</script>&lt;b&gt;"
        shown = self.driver.execute_async_script("""
            const [text, done] = arguments;
            import("/js/panel/samples.js").then(({ Samples }) => {
              const samples = new Samples(() => {});
              const model = {};
              Object.assign(samples, { id: "edge", query: "", model, isLoaded: true, total: 1, entries: [{
                at: "2026-11-22T09:10:16Z", protocol: "http", operation: text, outcome: "ok", requestEnd: 0, ended: 0.1,
                requestHeaders: [{ name: text, value: text }], responseHeaders: [{ name: "server", value: text }] }] });
              const part = samples.section({ id: "edge", protocols: [] }, [], model, "");
              document.querySelector("#panel").append(part);
              done([[...part.querySelectorAll("dt, dd")].map((one) => one.textContent), part.querySelectorAll("img, script, b b").length]);
            }, (error) => done([String(error)]));""", text)
        self.assertEqual(shown, [[text, text, "server", text], 0])
        self.assertEqual(self.driver.title, "svcmap")
        # The same in a picture: the check must refuse it, whatever the server sends.
        refused = self.driver.execute_async_script("""
            const done = arguments[arguments.length - 1];
            import("/js/map/svg.js").then(({ parsePicture }) => {
              const attempts = ["<script>1</script>", "<foreignObject/>", "<g onclick='x()'/>", "<a href='x'/>",
                "<image href='//evil.example/a'/>", "<use href='#a'/>", "<path fill='url(//evil.example)'/>",
                "<style>*{}</style>", "<h:p xmlns:h='http://www.w3.org/1999/xhtml'/>", "<p>1</p>", "<title><img src='x'/></title>",
                "<desc><script>1</script></desc>", "</svg><img src='x'/><svg>", "</svg><svg>", "<math><mtext><img src='x'/></mtext></math>",
                "<path onbegin='x()'/>", "<path xlink:href='#a'/>", "<scr<title></title>ipt>1</scr<title></title>ipt>", "<path fill='&#117;rl(//evil.example)'/>"];
              done(attempts.map((inner) => {
                try { parsePicture(`<svg xmlns="http://www.w3.org/2000/svg">${inner}</svg>`); return "let in: " + inner; }
                catch { return null; }
              }).filter((entry) => entry !== null));
            }, (error) => done([String(error)]));""")
        self.assertEqual(refused, [])
        # A picture that was cut off, one with something before it, and a good one, of which the page leaves out what it does not need.
        read = self.driver.execute_async_script("""
            const done = arguments[arguments.length - 1];
            import("/js/map/svg.js").then(({ parsePicture }) => {
              const good = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><text>a &amp; &lt;b&gt;</text><g data-node="&lt;i&gt;"><path d="M0 0"/></g></svg>';
              const sent = good.replace("<g", '<title>a &lt;b&gt;</title><path class="edge-hit" d="M0 0" pointer-events="stroke"/><g');
              done(["<g><path d='M0 0'/>" + good, "text", "", good.slice(0, -9), sent].map((text) => {
                try { return parsePicture(text).outerHTML.replaceAll("></path>", "/>"); }
                catch (error) { return error.message; }
              }).concat(good));
            }, (error) => done([String(error)]));""")
        self.assertEqual(read[:4], ["no svg element"] * 4)
        self.assertEqual(read[4].replace("\"&lt;i&gt;\"", "\"<i>\""), read[5].replace("\"&lt;i&gt;\"", "\"<i>\""))
        # Parsing these makes the browser report what its policy stopped; anything else is a fault.
        faults = [entry["message"] for entry in self.complaints()
                  if "Content Security Policy" not in entry["message"]]
        self.assertEqual(faults, [])
