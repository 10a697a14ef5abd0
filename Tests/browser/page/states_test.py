# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""What the page says when it cannot show what was asked for, and what leads on from there."""

from support import BrowserTest, graph

# Answers of a server in trouble; where there is none, the real one answers.
TROUBLE = """
  // A server in trouble pushes nothing; the page asks every few seconds then.
  window.EventSource = undefined;
  window.trouble = "NONE";
  const real = window.fetch.bind(window);
  const problem = (status, type, detail, suggestion) => new Response(
    JSON.stringify({ type: `urn:svcmap:problem:${type}`, status, title: "x", detail, suggestion }),
    { status, headers: { "Content-Type": "application/problem+json" } });
  window.fetch = async (path, options) => {
    const [isPicture, isGraph] = [String(path).includes("graph.svg"), String(path).includes("graph.json")];
    const query = new URLSearchParams(String(path).split("?")[1] ?? "");
    if (window.trouble === "silent") throw new TypeError("Failed to fetch");
    if (window.trouble === "large" && isPicture && !query.has("top") && query.get("level") !== "namespace") {
      return problem(422, "graph-too-large", "The graph has 9000 nodes and 20000 edges.", "Choose a level with fewer nodes.");
    }
    if (window.trouble === "undrawn" && isPicture) return problem(503, "picture-failed", "The picture could not be drawn.", "");
    const answer = await real(path, options);
    if (window.trouble !== "lossy" || !isGraph || answer.status !== 200) return answer;
    const graph = await answer.json();
    graph.coverage.losses = { kernelDropped: 1234, oneSidedFlows: 5 };
    graph.observedSeconds = 10;
    return new Response(JSON.stringify(graph), { headers: answer.headers });
  };
"""


class StatesTest(BrowserTest):
    def setUp(self):
        self.script = None
        self.answer_in("none")

    def tearDown(self):
        self.cdp("Page.removeScriptToEvaluateOnNewDocument", {"identifier": self.script})
        super().tearDown()

    def answer_in(self, trouble):
        """What documents opened from now on are answered."""
        if self.script is not None:
            self.cdp("Page.removeScriptToEvaluateOnNewDocument", {"identifier": self.script})
        self.script = self.cdp(
            "Page.addScriptToEvaluateOnNewDocument", {"source": TROUBLE.replace("NONE", trouble)})["identifier"]

    def open_in(self, trouble, ready="failed", query=""):
        self.answer_in(trouble)
        self.open(query, ready=ready)

    def act(self, text):
        next(button for button in self.all("#notice .actions button") if button.text == text).click()

    def test_a_graph_too_large_leads_three_ways_down(self):
        self.size(1280, 800)
        # Who chose no level is shown namespaces at once (crowd_test.py).
        self.open_in("large", query="?level=workload")
        self.assertIn("9000 nodes", self.one("#notice").text)
        ways = [button.text for button in self.all("#notice .actions button")]
        self.assertEqual(len(ways), 3)
        self.shoot("large-light-1280")
        self.act(ways[0])
        expected = {node["id"] for node in graph("?level=namespace")["nodes"]}
        self.wait(lambda: set(self.ids("#stage g.node", "node")) == expected, "the first way does not show namespaces")
        self.assertFalse(self.one("#notice").is_displayed())
        self.driver.back()
        self.wait(lambda: self.all("#notice .actions button"), "going back does not tell it again")
        self.act(ways[1])
        self.wait(lambda: self.edges_shown(), "the second way shows no map")
        self.assertEqual(self.parameter("top"), "100")
        self.open_in("large", query="?level=workload")
        self.act(ways[2])
        self.wait(lambda: len(self.all("#table tbody tr")) == len(graph()["edges"]), "the third way shows no table")
        self.assertFalse(self.one("#notice").is_displayed())

    def test_a_picture_that_failed_leaves_the_table(self):
        self.size(390, 844, "dark")
        self.open_in("undrawn")
        self.shoot("undrawn-dark-390")
        self.assertLessEqual(self.driver.execute_script("return document.documentElement.scrollWidth"), 390)
        self.driver.execute_script("window.trouble = null")
        self.act("Try again")
        self.wait(lambda: self.edges_shown(), "trying again does not help")

    def test_a_server_that_is_silent_leaves_the_last_state_and_comes_back(self):
        self.size(1280, 800)
        self.open()
        shown = self.edges_shown()
        self.driver.execute_script("window.trouble = 'silent'")
        self.wait(lambda: self.one("#stale").is_displayed(), "it does not say that it is stale")
        self.assertEqual(self.edges_shown(), shown, "the last state is gone")
        self.assertEqual(self.one("#status").get_attribute("data-status"), "stale")
        self.shoot("stale-light-1280")
        self.driver.execute_script("window.trouble = null")
        self.wait(lambda: not self.one("#stale").is_displayed(), "it still says so when the server answers again")
        self.assertEqual(self.one("#status").get_attribute("data-status"), "polling")

    def test_a_server_that_never_answered_says_what_to_look_at(self):
        self.size(1280, 800)
        self.open_in("silent")
        self.assertIn("svcmap serve", self.one("#notice").text)
        self.driver.execute_script("window.trouble = null")
        self.act("Try again")
        self.wait(lambda: self.edges_shown(), "trying again does not help")

    def test_a_partial_map_says_what_is_missing_and_what_to_do(self):
        self.size(1280, 800)
        self.open_in("lossy", ready="map")
        self.assertEqual(self.one("#coverage summary").get_attribute("class"), "lossy")
        self.one("#coverage summary").click()
        losses = [item.text.replace("\u202f", "") for item in self.all("#coverage .loss")]
        self.assertTrue(any("1234 frames were dropped by the kernel" in text and "buffer" in text for text in losses), losses)
        self.assertTrue(any("one direction" in text for text in losses), losses)
        self.assertTrue(any("nobody watched" in text for text in losses), losses)
        self.assertEqual(len(losses), 3)
        self.shoot("partial-light-1280")

    def test_tab_comes_to_what_fails_first(self):
        self.size(1280, 800)
        self.open()
        rank = ["failing", "degraded", "healthy", "unknown"]
        document = graph()
        edges = {edge["id"]: rank.index(edge["health"]) for edge in document["edges"]}
        order = [edges[identifier] for identifier in self.driver.execute_script(
            "return [...document.querySelectorAll('#stage g.edge[tabindex]')].map((edge) => edge.dataset.edge)")]
        self.assertEqual(len(order), len(edges))
        self.assertEqual(order, sorted(order))
