#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""How long the page takes for a frame while a map is panned, hovered, pointed at and replayed, in a real browser.

    Benchmarks/page.py --svcmap BINARY [--page FOLDER] [NODESxEDGES...]

A frame is what the main thread does from the input to the end of style, layout and paint, as the browser's own frame
callbacks bound it; what the compositor then does on other threads is not in it. A step of a replay takes as many frames as
change something: all of them count, and so does how many there are. Needs Chromium, chromedriver and selenium.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import page_store

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Tests" / "browser" / "page"))

import support  # noqa: E402

WINDOWS = 12
FRAMES = 60
MEASURE = """
  const [kind, count, done] = arguments;
  const stage = document.querySelector("#stage");
  const box = stage.getBoundingClientRect();
  const [middleX, middleY] = [box.left + box.width / 2, box.top + box.height / 2];
  const event = (target, name, x, y) => target.dispatchEvent(new PointerEvent(name,
    { bubbles: true, pointerId: 1, pointerType: "mouse", clientX: x, clientY: y, button: 0 }));
  const nodes = [...document.querySelectorAll("#stage g.node .node-shape")];
  const acts = {
    pan: (step) => event(stage, "pointermove", middleX + 40 * Math.sin(step / 4), middleY + step % 7),
    hover: (step) => event(nodes[(step * 37) % nodes.length], "pointermove", middleX, middleY),
    // Anywhere: what is there is looked for, as a browser does for a pointer.
    point: (step) => {
      const [x, y] = [box.left + box.width * ((step * 0.618) % 1), box.top + box.height * ((step * 0.381) % 1)];
      event(document.elementFromPoint(x, y) ?? stage, "pointermove", x, y);
    },
    replay: () => {
      // The next step when the one before is drawn: a frame changed nothing.
      if (!isQuiet) return;
      isStepped = true;
      document.querySelector(steps % 20 < 10 ? "#play-forward" : "#play-back").click();
      steps += 1;
    },
  };
  let [changes, steps, isQuiet, isStepped] = [0, 0, true, false];
  const watch = new MutationObserver((records) => (changes += records.length));
  watch.observe(stage, { attributes: true, characterData: true, childList: true, subtree: true });
  // Capturing needs a pointer that exists.
  stage.setPointerCapture = () => {};
  if (kind === "pan") event(stage, "pointerdown", middleX, middleY);
  const channel = new MessageChannel();
  const times = [];
  // The page's own callbacks of a frame may run before ours.
  let began = 0;
  const request = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (act) => request((time) => {
    began ||= performance.now();
    act(time);
  });
  channel.port1.onmessage = () => {
    isQuiet = kind === "replay" && changes === 0 && !isStepped;
    if (!isQuiet) times.push(performance.now() - began);
    [began, changes, isStepped] = [0, 0, false];
    if (times.length < count) requestAnimationFrame(frame);
    else {
      event(stage, kind === "pan" ? "pointerup" : "pointerleave", middleX, middleY);
      watch.disconnect();
      window.requestAnimationFrame = request;
      done([times, steps]);
    }
  };
  function frame() {
    acts[kind](times.length);
    // Told after this frame is painted.
    channel.port2.postMessage(0);
  }
  requestAnimationFrame(frame);
"""


def worked(driver) -> float:
    """Seconds of processor time of the main thread's tasks."""
    metrics = driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    return next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")


def measure(driver, kind: str) -> tuple[list[float], float, float]:
    """Milliseconds of each frame, the processor time of one, and how many a step takes."""
    before = worked(driver)
    count = FRAMES * (5 if kind == "replay" else 1) + 5
    times, steps = driver.execute_async_script(MEASURE, kind, count)
    # The first few frames make what later ones reuse.
    return sorted(times[5:]), (worked(driver) - before) * 1000 / count, count / max(steps, 1)


def serve(binary: str, store: pathlib.Path, page: str | None, log: pathlib.Path):
    command = [binary, "serve", "--store", store, "--port", "0"] + (["--page", page] if page else [])
    server = subprocess.Popen(command, stderr=open(log, "w"))
    for _ in range(100):
        found = re.search(r"http://127\.0\.0\.1:\d+", log.read_text())
        if found:
            return server, found.group()
        time.sleep(0.1)
    sys.exit(f"page.py: no server: {log.read_text()}")


def run(binary: str, page: str | None, nodes: int, edges: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        page_store.write(folder, nodes, edges, WINDOWS)
        subprocess.run([binary, "import", folder / "capture.pcap", "--inventory", folder / "objects.json", "--store", folder / "map.db"],
                       check=True, capture_output=True)
        server, url = serve(binary, folder / "map.db", page, folder / "serve.log")
        try:
            measure_page(url, nodes, edges)
        finally:
            server.terminate()
            server.wait()


def measure_page(url: str, nodes: int, edges: int) -> None:
    driver = support.browser()
    try:
        driver.set_script_timeout(300)
        driver.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 1280, "height": 900, "deviceScaleFactor": 1, "mobile": False})
        driver.get(url)
        support.WebDriverWait(driver, 300).until(
            lambda _: driver.execute_script("return document.body.dataset.ready") == "map", "no map")
        # What a page does when nobody waits any more is not part of a frame that somebody asks for.
        driver.execute_async_script("requestIdleCallback(() => arguments[0]())")
        shown = driver.execute_script("return document.querySelectorAll('#stage g.node').length + ' nodes, ' + document.querySelectorAll('#stage g.edge').length + ' edges'")
        for kind in ["pan", "hover", "point", "replay"]:
            if kind == "replay":
                driver.execute_script("document.querySelector('#play').click(); document.querySelector('#play-back').click()")
                support.WebDriverWait(driver, 300).until(lambda _: " of " in driver.execute_script(
                    "return document.querySelector('#replay-clock').textContent"), "no replay")
            times, cost, length = measure(driver, kind)
            name = f"{kind}, {length:.1f} frames a step" if kind == "replay" else kind
            print(f"| {nodes} / {edges} | {shown} | {name} | {times[len(times) // 2]:.1f} | {times[int(len(times) * 0.95)]:.1f} | {times[-1]:.1f} | {cost:.1f} |", flush=True)
    finally:
        driver.quit()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--svcmap", help="the program")
    parser.add_argument("--page", help="folder of the page; built in without")
    parser.add_argument("--url", help="a server that runs already, instead of one of its own")
    parser.add_argument("sizes", nargs="*", default=["300x1000", "1500x5000"])
    arguments = parser.parse_args()
    print("| asked for | on the map | what | median ms | 95th | worst | processor time of a frame |\n|---|---|---|---|---|---|---|")
    for size in arguments.sizes:
        nodes, edges = (int(part) for part in size.split("x"))
        if arguments.url:
            measure_page(arguments.url, nodes, edges)
        else:
            run(arguments.svcmap, arguments.page, nodes, edges)


if __name__ == "__main__":
    main()
