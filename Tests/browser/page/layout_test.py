# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""How the map is arranged, what has boxes, and which of them are one node."""

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from support import BrowserTest, ask, graph


class LayoutTest(BrowserTest):
    def places(self):
        """Where nodes stand on the picture, whatever part of it is seen."""
        return self.driver.execute_script("""
            return Object.fromEntries([...document.querySelectorAll("#stage g.node")].map((e) =>
              [e.dataset.node, e.querySelector(".node-shape").getAttribute("d")]));""")

    def nodes_shown(self):
        return self.ids("#stage g.node:not(.absent)", "node")

    def await_nodes(self, **parameters):
        expected = sorted(node["id"] for node in ask("api/v1/graph.json", level="workload", **parameters)["nodes"])
        self.wait(lambda: self.nodes_shown() == expected, f"not the nodes of {parameters}")
        return expected

    def sign(self, name):
        return self.one(f'#stage g.fold[data-fold="{name}"]')

    def busy_namespace(self):
        names = [node["namespace"] for node in graph()["nodes"] if "namespace" in node]
        return max(sorted(set(names)), key=names.count)

    def test_is_arranged_in_three_ways(self):
        self.size(1280, 800)
        self.open()
        layered = self.places()
        self.one("#layout summary").click()
        self.shoot("layout-light-1280")
        seen = [layered]
        for layout in ("radial", "compact"):
            self.one(f'#layouts button[data-layout="{layout}"]').click()
            self.wait(lambda: self.places() not in seen, f"nothing moved for {layout}")
            self.assertEqual(self.parameter("layout"), layout)
            self.assertEqual(set(self.places()), set(layered))
            self.assertFalse(self.one("#boxes").is_enabled(), "boxes can be chosen where there are none")
            self.assertIn(f"layout={layout}", self.one("#export-svg").get_attribute("href"))
            seen.append(self.places())
            self.shoot(f"{layout}-light-1280")
        self.open("?layout=compact")
        self.assertEqual(self.places(), seen[-1], "the address does not bring the arrangement back")
        self.driver.back()
        self.size(1280, 800, "dark")
        self.open("?layout=radial")
        self.shoot("radial-dark-1280")

    def test_has_boxes_around_namespaces_or_nothing(self):
        self.size(1280, 800)
        self.open()
        names = sorted({node["namespace"] for node in graph()["nodes"] if "namespace" in node})
        self.assertEqual(self.ids("#stage g.namespace", "namespace"), names)
        self.one("#layout summary").click()
        Select(self.one("#boxes")).select_by_value("none")
        self.wait(lambda: not self.all("#stage g.namespace"), "the boxes are still there")
        self.assertEqual(self.parameter("boxes"), "none")
        self.driver.back()
        self.wait(lambda: self.ids("#stage g.namespace", "namespace") == names, "going back does not bring the boxes back")

    def test_collapses_a_box_by_its_sign_and_opens_it_again(self):
        self.size(1280, 800)
        self.open()
        name = self.busy_namespace()
        everything = self.nodes_shown()
        self.point(self.sign(name))
        self.assertIn(f"namespace/{name}", self.await_nodes(collapse=name))
        self.assertEqual(self.parameter("collapse"), name)
        self.assertFalse(self.one("#panel").is_displayed(), "a sign is not what it stands on")
        self.shoot("collapsed-light-1280")
        self.driver.refresh()
        self.await_nodes(collapse=name)
        self.driver.execute_script("arguments[0].focus()", self.sign(name))
        self.assertIn(name, self.sign(name).get_attribute("aria-label"))
        self.press(Keys.ENTER)
        self.wait(lambda: self.nodes_shown() == everything, "the box did not open")
        self.assertEqual(self.parameter("collapse"), "")

    def test_collapses_from_the_panel_and_keeps_what_is_selected(self):
        self.size(1280, 800, "dark")
        name = self.busy_namespace()
        self.open(f"?box={name}")
        self.one("#panel button[data-collapse]").click()
        self.await_nodes(collapse=name)
        self.wait(lambda: self.parameter("node") == f"namespace/{name}", "the collapsed node is not selected")
        self.assertEqual(self.one("#panel h2").text, name)
        self.assertIn(f"--collapse {name}", self.one("#panel .command code").text)
        self.wait(lambda: self.all("#stage g.node.selected"), "nothing on the map is selected")
        self.shoot("collapsed-panel-dark-1280")
        self.one("#panel button[data-open]").click()
        self.await_nodes()
        self.assertEqual(self.parameter("box"), name)

    def test_collapses_a_box_by_a_label_and_opens_it_again(self):
        self.size(1280, 800)
        self.open("?boxes=label:tier")
        everything = self.nodes_shown()
        value = sorted({node["box"] for node in ask("api/v1/graph.json", level="workload", boxes="label:tier")["nodes"] if "box" in node})[0]
        box = f"tier={value}"
        self.point(self.sign(box))
        self.assertIn(f"group/tier/{value}", self.await_nodes(boxes="label:tier", collapse=box))
        self.assertEqual(self.parameter("collapse"), box)
        self.shoot("collapsed-label-light-1280")
        self.driver.refresh()
        self.await_nodes(boxes="label:tier", collapse=box)
        self.point(self.sign(box))
        self.wait(lambda: self.nodes_shown() == everything, "the box did not open")
        # From the panel, which stays with what it becomes.
        self.open(f"?boxes=label:tier&box={box}")
        self.one("#panel button[data-collapse]").click()
        self.wait(lambda: self.parameter("node") == f"group/tier/{value}", "the collapsed node is not selected")
        self.assertIn(f"--collapse {box}", self.one("#panel .command code").text)
        self.one("#panel button[data-open]").click()
        self.wait(lambda: self.parameter("box") == box, "the opened box is not selected")

    def test_collapses_all_at_once(self):
        self.size(1280, 800)
        self.open()
        self.one("#layout summary").click()
        names = sorted({node["namespace"] for node in graph()["nodes"] if "namespace" in node})
        self.one("#fold-all").click()
        self.await_nodes(collapse=",".join(names))
        self.assertEqual(self.parameter("collapse").split(","), names)
        self.assertFalse(self.one("#fold-all").is_enabled())
        self.shoot("all-collapsed-light-1280")
        # One of them again, then the others.
        self.one(f'#folds input[value="{names[0]}"]').click()
        self.await_nodes(collapse=",".join(names[1:]))
        self.one("#fold-none").click()
        self.await_nodes()
        self.driver.execute_script("document.activeElement.blur()")
        self.press("c")
        self.await_nodes(collapse=",".join(names))
        self.press("c")
        self.await_nodes()

    def test_numbers_of_a_collapsed_box_are_those_of_the_server(self):
        self.size(1280, 800)
        name = self.busy_namespace()
        document = ask("api/v1/graph.json", level="workload", collapse=name)
        self.open(f"?collapse={name}&node=namespace/{name}")
        served = sum(edge["requests"] for edge in document["edges"] if edge["server"] == f"namespace/{name}")
        self.assertEqual(self.field("requests"), str(served))
        # What is asked about it is asked of the same graph.
        self.wait(lambda: self.all("#panel .series"), "what it answered over time did not come")

    def test_fits_a_phone(self):
        for scheme in ("light", "dark"):
            self.size(390, 844, scheme)
            self.open()
            self.one("#layout summary").click()
            sheet = self.one("#layout > div").rect
            self.assertGreaterEqual(sheet["x"], 0)
            self.assertLessEqual(sheet["x"] + sheet["width"], 390, "the sheet is wider than the phone")
            small = [button.text for button in self.driver.find_elements(By.CSS_SELECTOR, "#layout button") if button.rect["height"] < 44]
            self.assertEqual(small, [], "too small for a finger")
            self.shoot(f"layout-{scheme}-390")
            self.one("#legend summary").click()
            self.wait(lambda: not self.one("#layout > div").is_displayed(), "both sheets are open")

    def test_has_boxes_by_a_label(self):
        self.size(1280, 800)
        self.open()
        self.one("#layout summary").click()
        Select(self.one("#boxes")).select_by_value("label")
        self.one("#boxes-key").send_keys("tier", Keys.ENTER)
        nodes = ask("api/v1/graph.json", level="workload", boxes="label:tier")["nodes"]
        values = sorted({node["box"] for node in nodes if "box" in node})
        self.assertGreater(len(values), 1, "the store under test has no such label")
        self.wait(lambda: self.ids("#stage g.namespace", "namespace") == values, "not a box for each value")
        self.assertEqual(self.parameter("boxes"), "label:tier")
        self.assertEqual(len(self.all("#stage g.fold")), len(values), "not every box can be collapsed")
        self.shoot("label-boxes-light-1280")
        # The panel of a box has its members, and leads to one node for each value.
        value = values[0]
        self.driver.execute_script("document.querySelector('#layout').open = false")
        self.one(f'#stage g.namespace[data-namespace="{value}"] .namespace-title').click()
        self.wait(lambda: self.parameter("box") == f"tier={value}", "the box is not selected")
        self.assertEqual(self.one("#panel h2").text, value)
        members = sorted(node["id"] for node in nodes if node.get("box") == value)
        self.assertEqual(self.ids("#panel section .plain button[data-node]", "node"), members)
        self.driver.refresh()
        self.wait(lambda: self.all("#stage g.namespace.selected"), "the address does not bring the box back")
        self.shoot("label-box-panel-light-1280")
        # A value in a node's panel does the same.
        self.open(f"?node={members[0]}")
        self.wait(lambda: self.all('#panel [data-boxes="tier"]'), "the labels did not come")
        self.click('#panel [data-boxes="tier"]')
        self.wait(lambda: self.ids("#stage g.namespace", "namespace") == values, "a value in the panel makes no boxes")

    def test_says_that_nothing_has_a_label(self):
        self.size(1280, 800, "dark")
        self.open("?boxes=label:nobody.has/this")
        self.one("#layout summary").click()
        self.assertTrue(self.one("#no-boxes").is_displayed())
        self.shoot("no-label-dark-1280")
