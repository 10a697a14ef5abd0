# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""The list of transactions of what is shown."""

import csv
import io
import json
import urllib.parse

from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from support import BrowserTest, ask, graph, plain

FAILED = ("serverError", "serverClosed", "timedOut")
# Answers as if the store had grown: newer data with one transaction more than the page was told before.
GROWING = """
  // Without events the page asks every few seconds.
  window.EventSource = undefined;
  window.newer = [];
  const real = window.fetch.bind(window);
  window.fetch = async (path, options) => {
    if (window.newer.length === 0) return real(path, options);
    const answer = await real(path, { ...options, headers: {} });
    if (!String(path).includes("/transactions?")) return answer;
    const page = await answer.json();
    page.transactions = [...window.newer, ...page.transactions];
    page.total += window.newer.length;
    return new Response(JSON.stringify(page), { headers: answer.headers });
  };
"""


class TransactionsTest(BrowserTest):
    def rows(self):
        return self.all("#transactions tbody tr[data-at]")

    def times(self):
        return self.driver.execute_script("return [...document.querySelectorAll('#transactions tbody tr[data-at]')].map((row) => row.dataset.at)")

    def kept(self, **parameters):
        return ask("api/v1/transactions", level="workload", limit=1000, **parameters)["transactions"]

    def show(self, query="", width=1280, height=800, scheme="light"):
        self.size(width, height, scheme)
        self.open(f"?view=transactions{query}", ready="graph")
        self.wait(lambda: self.rows(), "no transactions came")

    def await_times(self, expected, message):
        self.wait(lambda: self.times() == expected, message)

    def test_lists_the_newest_first_and_more_on_demand(self):
        kept = self.kept()
        self.show()
        self.assertEqual(self.times(), [one["at"] for one in kept[:100]])
        self.shoot("transactions-light-1280")
        names = {node["id"]: node["name"] for node in graph()["nodes"]}
        edges = {edge["id"]: edge for edge in graph()["edges"]}
        for row, one in list(zip(self.rows(), kept))[:5]:
            edge = edges[one["edge"]]
            for word in (one["operation"], one["protocol"], one.get("status", ""), names[edge["client"]], names[edge["server"]]):
                self.assertIn(word, row.text)
        self.click("#transactions .more")
        self.await_times([one["at"] for one in kept], "not all that are kept")
        self.assertFalse(self.all("#transactions .more"))

    def test_asks_for_some_only(self):
        self.show(scheme="dark")
        Select(self.one("#transactions-outcome")).select_by_value("failed")
        failed = [one for one in self.kept() if one["outcome"] in FAILED]
        self.assertTrue(failed, "the store under test has no failed transaction")
        self.await_times([one["at"] for one in failed], "not those that failed")
        Select(self.one("#transactions-protocol")).select_by_value(failed[0]["protocol"])
        some = [one for one in failed if one["protocol"] == failed[0]["protocol"]]
        self.await_times([one["at"] for one in some], "not those of the protocol")
        self.one("#transactions-operation").send_keys(some[0]["operation"], Keys.ENTER)
        same = [one for one in some if one["operation"] == some[0]["operation"]]
        self.await_times([one["at"] for one in same], "not those of the operation")
        self.shoot("transactions-dark-1280")
        self.driver.refresh()
        self.await_times([one["at"] for one in same], "the address does not bring them back")
        self.assertEqual(self.one("#transactions-operation").get_attribute("value"), some[0]["operation"])

    def test_offers_the_operations_there_are(self):
        self.show()
        offered = lambda: self.driver.execute_script("return [...document.querySelectorAll('#transactions-operations option')].map((one) => one.value)")
        self.assertEqual(offered(), [], "operations come before anybody asks for one")
        self.click("#transactions-operation")
        there = {one["operation"] for edge in graph()["edges"] for part in edge["protocols"] for one in part.get("operations", [])}
        self.wait(lambda: set(offered()) == there, "not all operations are offered")

    def test_is_of_what_is_shown(self):
        expression = 'edge.protocol == "redis"'
        self.show("&filter=" + urllib.parse.quote(expression))
        self.assertEqual(self.times(), [one["at"] for one in self.kept(filter=expression)][:100])
        self.one("#query-filter").clear()
        self.one("#query-filter").send_keys(Keys.ENTER)
        self.await_times([one["at"] for one in self.kept()[:100]], "the list stays with the filter that was")

    def test_tells_one_and_leads_to_its_edge(self):
        self.show()
        one = next(one for one in self.kept()[:100] if one["protocol"] == "http")
        position = self.times().index(one["at"])
        self.rows()[position].find_element("css selector", "button").send_keys(Keys.ENTER)
        self.wait(lambda: self.all("#transactions .detail"), "Enter does not open it")
        self.assertEqual(self.driver.switch_to.active_element.get_attribute("aria-expanded"), "true", "the focus is lost")
        self.assertEqual(self.parameter("transaction"), one["at"])
        told = plain(self.one("#transactions .detail").text)
        for word in (one["operation"], one["serverName"]):
            self.assertIn(word, told)
        spent = {phase.get_attribute("data-phase"): phase for phase in self.all("#transactions .detail [data-phase]")}
        wait = one["responseStart"] - one["requestEnd"]
        self.assertEqual("wait" in spent, wait > 0)
        self.assertEqual("response" in spent, one["responseEnd"] > one["responseStart"])
        self.shoot("transaction-light-1280")
        self.click("#transactions .detail [data-operation]")
        expected = [each["at"] for each in self.kept(operation=one["operation"])[:100]]
        self.await_times(expected, "not those of its operation")
        self.click("#transactions .detail [data-edge]")
        self.wait(lambda: self.parameter("edge") == one["edge"], "its edge is not selected")
        self.assertTrue(self.one("#panel").is_displayed())

    def test_follows_what_comes_unless_it_is_held(self):
        script = self.cdp("Page.addScriptToEvaluateOnNewDocument", {"source": GROWING})
        try:
            self.show()
            before = self.times()
            focused = self.rows()[2].find_element("css selector", "button")
            self.driver.execute_script("arguments[0].focus()", focused)
            newer = {**self.kept()[0], "at": "2026-11-22T09:10:19.5Z", "operation": "GET /newest"}
            add = lambda at: self.driver.execute_script("window.newer.unshift(JSON.parse(arguments[0]))", json.dumps({**newer, "at": at}))
            add(newer["at"])
            self.await_times([newer["at"], *before], "what is newer does not come by itself")
            self.assertEqual(self.driver.switch_to.active_element.get_attribute("title"), focused.get_attribute("title"), "the focus is lost")
            self.click("#transactions-follow")
            add("2026-11-22T09:10:19.7Z")
            self.wait(lambda: "newer" in self.one("#transactions [role=status]").text, "it does not say that there is more")
            self.assertEqual(self.times(), [newer["at"], *before], "a held list moved")
            self.click("#transactions-follow")
            self.await_times(["2026-11-22T09:10:19.7Z", newer["at"], *before], "it does not catch up")
        finally:
            self.cdp("Page.removeScriptToEvaluateOnNewDocument", {"identifier": script["identifier"]})

    def test_says_when_none_is_like_this_and_fits_a_phone(self):
        self.size(390, 844)
        self.open("?view=transactions&operation=nothing%20of%20the%20kind", ready="graph")
        self.wait(lambda: self.all("#transactions .none"), "it does not say that there is none")
        self.assertEqual(self.rows(), [])
        self.one("#transactions-operation").clear()
        self.one("#transactions-operation").send_keys(Keys.ENTER)
        self.wait(lambda: self.rows(), "no transaction came back")
        self.assertLessEqual(self.driver.execute_script("return document.documentElement.scrollWidth"), 390)
        self.rows()[0].find_element("css selector", "button").click()
        self.wait(lambda: self.all("#transactions .detail"), "a tap does not open it")
        self.shoot("transactions-light-390")

    def test_saves_what_it_shows(self):
        self.show("&protocol=redis")
        self.driver.execute_script("""
            const make = URL.createObjectURL;
            URL.createObjectURL = (blob) => { blob.text().then((text) => { window.saved = text; }); return make.call(URL, blob); };""")
        self.one("#transactions-csv").click()
        self.wait(lambda: self.driver.execute_script("return window.saved"), "nothing was saved")
        rows = list(csv.DictReader(io.StringIO(self.driver.execute_script("return window.saved"))))
        self.assertEqual([row["at"] for row in rows], self.times())
        self.assertEqual([float(row["seconds"]) for row in rows], [one["ended"] for one in self.kept(protocol="redis")[:100]])
