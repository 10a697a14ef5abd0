# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""Expressions on the page: only, hide and mark, and what narrows the map beside them."""

import urllib.parse

from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from support import BrowserTest, ask, graph


class QueryTest(BrowserTest):
    def type(self, box, *keys):
        field = self.one(f"#query-{box}")
        field.clear()
        field.send_keys(*keys)

    def test_shows_only_what_a_filter_lets_through(self):
        self.size(1280, 800)
        self.open()
        expression = 'edge.errorRate > 0.01 && server.namespace == "demo"'
        self.type("filter", expression, Keys.ENTER)
        self.await_edges(filter=expression)
        self.assertEqual(self.parameter("filter"), expression)
        self.assertIn("%20", self.driver.current_url)
        self.assertNotIn("+", self.driver.current_url)
        self.driver.refresh()
        self.await_edges("the address does not bring the filter back", filter=expression)
        self.assertEqual(self.one("#query-filter").get_attribute("value"), expression)
        left = ask("api/v1/graph.json", level="workload", filter=expression)["omitted"]["edges"]
        self.assertEqual(self.one("[data-omitted]").get_attribute("data-omitted"), str(left))
        self.driver.back()
        self.wait(lambda: len(self.edges_shown()) == len(graph()["edges"]), "one cannot go back")

    def test_completes_fields_operators_and_values_on_screen(self):
        self.size(1280, 800)
        self.open()
        self.type("filter", "server.na")
        self.wait(lambda: self.one("#choices-filter").is_displayed(), "nothing is offered")
        self.assertEqual(self.one("#query-filter").get_attribute("aria-expanded"), "true")
        self.press(Keys.ARROW_DOWN)
        active = self.one("#query-filter").get_attribute("aria-activedescendant")
        self.assertEqual(self.one(f"#{active} span").text, "server.name")
        self.press(Keys.ENTER, Keys.ARROW_DOWN, Keys.ENTER)
        self.assertEqual(self.one("#query-filter").get_attribute("value"), "server.name == ")
        offered = [item.text for item in self.all("#choices-filter li")]
        self.assertEqual(offered, sorted({f'"{node["name"]}"' for node in graph()["nodes"]}))
        self.shoot("completion-light-1280")
        self.type("filter", 'server.name == "ngi')
        self.all("#choices-filter li")[0].click()
        self.press(Keys.ENTER)
        self.await_edges(filter='server.name == "nginx"')

    def test_shows_a_mistake_where_it_was_made(self):
        self.refusals = True
        self.size(1280, 800)
        self.open()
        before = self.edges_shown()
        self.type("filter", "server.port == 1 || edge.erorRate > 0.01", Keys.ENTER)
        self.wait(lambda: self.one("#mistake-filter").is_displayed(), "the mistake is not shown")
        self.assertEqual(self.one("#mistake-filter mark").text, "server.port")
        self.assertEqual(self.one("#query-filter").get_attribute("aria-invalid"), "true")
        self.assertEqual(self.edges_shown(), before, "the map went away")
        self.type("filter", "edge.erorRate > 0.01", Keys.ENTER)
        self.wait(lambda: self.all("#mistake-filter button"), "no correction is offered")
        self.assertEqual(self.one("#mistake-filter mark").text, "edge.erorRate")
        self.shoot("mistake-light-1280")
        self.one("#mistake-filter button").click()
        self.await_edges(filter="edge.errorRate > 0.01")
        self.assertFalse(self.one("#mistake-filter").is_displayed())

    def test_a_mistake_in_the_address_says_what_to_do(self):
        self.refusals = True
        self.size(390, 844, "dark")
        self.open("?hide=edge.", ready="failed")
        self.assertTrue(self.one("#notice h2").is_displayed())
        self.shoot("mistake-dark-390")
        self.one("#notice button").click()
        self.wait(lambda: len(self.edges_shown()) == len(graph()["edges"]), "the map did not come")
        self.assertEqual(self.parameter("hide"), "")

    def test_hides_and_marks(self):
        self.size(1280, 800, "dark")
        self.open()
        self.press("h")
        self.assertEqual(self.driver.switch_to.active_element.get_attribute("id"), "query-hide")
        self.type("hide", 'edge.protocol == "dns"', Keys.ENTER)
        self.await_edges(hide='edge.protocol == "dns"')
        self.type("find", "edge.errorRate > 0.01", Keys.ENTER)
        document = ask("api/v1/graph.json", level="workload", hide='edge.protocol == "dns"', find="edge.errorRate > 0.01")
        self.wait(lambda: self.ids("#stage g.edge.found", "edge") == sorted(document["found"]["edges"]), "not what was found is marked")
        self.assertEqual(self.ids("#stage g.node.found", "node"), sorted(document["found"]["nodes"]))
        self.assertEqual(self.edges_shown(), sorted(edge["id"] for edge in document["edges"]), "marking left something out")
        self.assertIn(str(len(document["found"]["edges"])), self.one('[data-chip="find"] .words').text)
        self.shoot("marked-dark-1280")

    def test_narrows_to_a_neighborhood_and_widens_it(self):
        self.size(1280, 900)
        self.open()
        node = self.busiest(graph())["server"]
        self.click_in_picture("node", node)
        self.wait(lambda: self.all("#panel [data-focus]"), "the panel does not offer it")
        self.one("#panel [data-focus]").click()
        self.await_edges(focus=node)
        self.one('[data-act="farther"]').click()
        self.await_edges(focus=node, depth=2)
        self.assertEqual(self.parameter("depth"), "2")
        self.one('[data-act="nearer"]').click()
        self.await_edges(focus=node)
        self.shoot("focus-light-1280")
        self.one('[data-chip="focus"] [data-act="focus"]').click()
        self.wait(lambda: len(self.edges_shown()) == len(graph()["edges"]), "the whole map did not come back")

    def test_shows_the_busiest_and_how_many_more(self):
        self.size(1280, 800)
        self.open("?top=3")
        self.await_edges(top=3)
        left = ask("api/v1/graph.json", level="workload", top=3)["omitted"]["edges"]
        self.assertIn(f"{left} more edges", self.one("#shown").text)
        self.one('[data-act="more"]').click()
        self.await_edges(top=6)
        self.one("#more summary").click()
        Select(self.one("#top")).select_by_value("")
        self.wait(lambda: len(self.edges_shown()) == len(graph()["edges"]), "not all came back")

    def test_groups_folds_and_hides_strangers(self):
        self.size(1280, 800)
        self.open()
        self.one("#more summary").click()
        Select(self.one("#group")).select_by_value("namespace")
        self.await_edges(group="namespace")
        Select(self.one("#group")).select_by_value("label")
        self.one("#key").send_keys("app", Keys.ENTER)
        self.await_edges(group="label:app")
        self.assertEqual(self.parameter("group"), "label:app")
        self.shoot("more-light-1280")
        Select(self.one("#group")).select_by_value("")
        Select(self.one("#fold")).select_by_value("cidr")
        self.await_edges(fold="cidr")
        Select(self.one("#fold")).select_by_value("")
        self.one("#hide-unknown").click()
        self.await_edges(hide='client.identifiedBy == "nothing" || server.identifiedBy == "nothing"')
        self.one("#hide-internet").click()
        self.wait(lambda: 'server.kind == "internet"' in self.parameter("hide"), "the address does not tell")
        self.one("#hide-unknown").click()
        self.wait(lambda: self.parameter("hide") == 'client.kind == "internet" || server.kind == "internet"', "it is not taken back")
        self.one("#hide-internet").click()
        self.wait(lambda: self.parameter("hide") == "", "it is not taken back")

    def test_says_when_nothing_matches_and_goes_back(self):
        self.size(1280, 800)
        self.open("?filter=" + urllib.parse.quote("edge.requests > 1000000000"), ready="empty")
        self.assertIn("No edge matches", self.one("#notice h2").text)
        self.shoot("unmatched-light-1280")
        self.one("#notice button").click()
        self.wait(lambda: len(self.edges_shown()) == len(graph()["edges"]), "the map did not come")

    def test_the_legend_isolates_and_hides(self):
        self.size(1280, 900)
        self.open()
        self.one("#legend summary").click()
        for health in ("failing", "degraded"):
            clause = f'edge.health == "{health}"'
            self.click(f"#legend [data-box=filter][data-clause='{clause}']")
            # One health at a time.
            self.await_edges(filter=clause)
            self.assertEqual(self.one(f"#legend [data-box=filter][data-clause='{clause}']").get_attribute("aria-pressed"), "true")
        self.shoot("legend-light-1280")
        self.click(f"#legend [data-box=filter][data-clause='{clause}']")
        self.wait(lambda: self.parameter("filter") == "", "the line cannot be let go")
        clause = '"dns" in edge.protocols'
        self.click(f"#legend [data-box=hide][data-clause='{clause}']")
        self.await_edges(hide=clause)
