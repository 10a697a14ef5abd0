# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""What the tests of the page share: a browser, the server's own answers, and what a person does."""

import json
import os
import shutil
import sys
import unittest
import urllib.parse
import urllib.request

try:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import WebDriverWait
except ImportError:
    sys.exit("browser tests: selenium is missing: apt install python3-selenium")

# Where the server listens; the runner sets it.
URL = ""
PATIENCE = 30
# Requests whose path has a text wait until a test lets each of them go; the last to be asked may be answered first.
HOLDING = """
  window.held = [];
  const real = window.fetch.bind(window);
  window.fetch = (path, options) => {
    if (!String(path).includes(%s)) return real(path, options);
    return new Promise((resolve, reject) => {
      const one = {
        path, isAborted: false, go: () => real(path, options).then(resolve, reject),
        answer: (status, body) => resolve(new Response(JSON.stringify(body), { status })),
      };
      options?.signal?.addEventListener("abort", () => {
        one.isAborted = true;
        reject(new DOMException("", "AbortError"));
      });
      window.held.push(one);
    });
  };
"""


def is_firefox():
    """Whether the browser is to be Firefox: $SVCMAP_BROWSER."""
    return os.environ.get("SVCMAP_BROWSER") == "firefox"


def firefox():
    """A headless Firefox, with geckodriver."""
    from selenium.webdriver.firefox.service import Service as FirefoxService
    binary, driver = (shutil.which("firefox-esr") or shutil.which("firefox")), shutil.which("geckodriver")
    if not binary or not driver:
        sys.exit("browser tests: no Firefox with geckodriver: apt install firefox-esr, and geckodriver on the path")
    options = webdriver.FirefoxOptions()
    options.binary_location = binary
    options.add_argument("-headless")
    return webdriver.Firefox(options=options, service=FirefoxService(driver, log_path=os.devnull))


def browser():
    """A headless Chromium: $CHROMIUM, chromium or google-chrome; Firefox where that is asked for."""
    if is_firefox():
        return firefox()
    names = [os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"]
    binary = next((found for name in names if name and (found := shutil.which(name))), None)
    driver = shutil.which("chromedriver")
    if not binary or not driver:
        sys.exit("browser tests: no browser: apt install chromium chromium-driver, or set CHROMIUM")
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options=options, service=Service(driver))


def graph(query="?level=workload"):
    """The graph document for a query."""
    with urllib.request.urlopen(f"{URL}/api/v1/graph.json{query}") as response:
        return json.load(response)


def ask(path, **parameters):
    """What the server answers, as JSON."""
    query = urllib.parse.urlencode(parameters, quote_via=urllib.parse.quote)
    with urllib.request.urlopen(f"{URL}/{path}?{query}") as response:
        return json.load(response)


def plain(text):
    """A number as it is, without the thin spaces it is shown with."""
    return text.replace("\u202f", "").strip()


class BrowserTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.driver = browser()

    @classmethod
    def tearDownClass(cls):
        cls.driver.quit()

    # A question that the server refuses is a complaint of the browser's too; tests that ask one let it pass.
    refusals = False

    def tearDown(self):
        complaints = [entry["message"] for entry in self.complaints()
                      if entry["level"] in ("SEVERE", "WARNING")
                      and not (self.refusals and "the server responded with a status of 4" in entry["message"])]
        self.assertEqual(complaints, [], "the browser complained (content policy or error)")

    def complaints(self):
        """What the browser said since this was asked last; Firefox does not tell."""
        return [] if is_firefox() else self.driver.get_log("browser")

    def cdp(self, command, parameters):
        """What only Chromium's protocol can; tests that need it are skipped in others."""
        if is_firefox():
            self.skipTest(f"{command} needs Chromium")
        return self.driver.execute_cdp_cmd(command, parameters)

    # What the tests do

    def size(self, width, height, scheme="light"):
        if is_firefox():
            # Its windows are no narrower than 450.
            if width < 500:
                self.skipTest("this size needs Chromium")
            self.driver.set_window_size(width, height)
            inside = self.driver.execute_script("return innerHeight")
            self.driver.set_window_size(width, 2 * height - inside)
            return
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": scheme}]})

    def open(self, query="", ready="map"):
        # A blank page between two addresses makes every opening a fresh one.
        self.driver.get("about:blank")
        self.driver.get(f"{URL}/{query}")
        self.wait(lambda: self.driver.find_element(By.TAG_NAME, "body").get_attribute("data-ready") == ready,
                  f"the page did not become ready ({ready})")

    def before_page(self, script):
        """Runs before the scripts of every page that the test opens."""
        added = self.cdp("Page.addScriptToEvaluateOnNewDocument", {"source": script})
        self.addCleanup(self.cdp, "Page.removeScriptToEvaluateOnNewDocument", added)

    def hold(self, text):
        """From the next opening on, requests whose path has the text wait in `window.held`."""
        self.before_page(HOLDING % json.dumps(text))

    def await_held(self, count):
        self.wait(lambda: self.driver.execute_script("return window.held.length") >= count, f"{count} requests were not sent")

    def wait(self, condition, message):
        WebDriverWait(self.driver, PATIENCE).until(lambda _: condition(), message)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def ids(self, selector, name):
        return sorted(self.driver.execute_script(
            "return [...document.querySelectorAll(arguments[0])].map((e) => e.dataset[arguments[1]])", selector, name))

    def click_in_picture(self, kind, identifier):
        """Clicks where a person would: on the shape of a node, on the line or the label of an edge."""
        element = self.driver.execute_script("""
            const [kind, id] = arguments;
            const of = (selector) => [...document.querySelectorAll(`#stage ${selector}`)].find((e) => e.dataset[kind] === id);
            return kind === "node" ? of("g.node").querySelector(".node-shape")
              : (of("g.edge-label") ?? of("g.edge").querySelector(".edge-hit"));""", kind, identifier)
        webdriver.ActionChains(self.driver).move_to_element(element).click().perform()

    def field(self, name):
        # In one step: what comes from the server meanwhile makes parts of the panel anew.
        text = self.driver.execute_script("return document.querySelector(`#panel [data-field=\"${arguments[0]}\"]`)?.textContent", name)
        self.assertIsNotNone(text, f"the panel has no {name}")
        return plain(text)

    def parameter(self, name):
        """What the address of the page says; nothing where it does not."""
        query = urllib.parse.urlparse(self.driver.current_url).query.replace("+", "%2B")
        return urllib.parse.parse_qs(query).get(name, [""])[0]

    def press(self, *keys):
        webdriver.ActionChains(self.driver).send_keys(*keys).perform()

    def click(self, selector):
        """Clicks what may have to be scrolled to."""
        element = self.one(selector)
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def point(self, element):
        """Clicks where an element is seen: drivers differ in what of a shape or a row they click on."""
        webdriver.ActionChains(self.driver).move_to_element(element).click().perform()

    def choose(self, selector, value):
        """Chooses from a list; in one step, since what comes from the server meanwhile makes parts of the panel anew."""
        self.driver.execute_script("""
            const list = document.querySelector(arguments[0]);
            list.focus();
            list.value = arguments[1];
            list.dispatchEvent(new Event("change", { bubbles: true }));""", selector, value)

    def edges_shown(self):
        """What is shown; the rest of the picture keeps its place, faded."""
        return self.ids("#stage g.edge:not(.absent)", "edge")

    def await_edges(self, message="the map does not show what the server says", **parameters):
        expected = sorted(edge["id"] for edge in ask("api/v1/graph.json", level="workload", **parameters)["edges"])
        self.assertTrue(expected, "the question of this test has no answer")
        self.wait(lambda: self.edges_shown() == expected, message)
        return expected

    def view_box(self):
        return self.driver.execute_script("return document.querySelector('#stage svg').getAttribute('viewBox')")

    def shoot(self, name):
        folder = os.environ.get("SVCMAP_TEST_SCREENSHOTS")
        if folder:
            os.makedirs(folder, exist_ok=True)
            self.driver.save_screenshot(os.path.join(folder, f"{name}.png"))

    def busiest(self, document):
        return max(document["edges"], key=lambda edge: edge["requests"])
