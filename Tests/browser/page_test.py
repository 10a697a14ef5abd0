#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Part of svcmap.
"""The page in a real browser, against a running server.

    python3 Tests/browser/page_test.py --url http://127.0.0.1:PORT [NAME...]

Compares what the page shows with what the server says; the tests are in page/. Needs Chromium,
chromedriver and selenium (apt install chromium chromium-driver python3-selenium); with
SVCMAP_BROWSER=firefox Firefox and geckodriver. Screenshots
are written to the folder named by SVCMAP_TEST_SCREENSHOTS.
"""

import argparse
import pathlib
import sys
import unittest

FOLDER = pathlib.Path(__file__).resolve().parent / "page"
sys.path.insert(0, str(FOLDER))

import support

# For tests that bring a server of their own.
browser = support.browser
PATIENCE = support.PATIENCE

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Tests the page of a running svcmap serve in a browser.")
    parser.add_argument("--url", required=True, help="where the server listens, such as http://127.0.0.1:8899")
    parser.add_argument("tests", nargs="*", help="parts of names of tests; all without")
    arguments = parser.parse_args()
    support.URL = arguments.url.rstrip("/")
    loader = unittest.TestLoader()
    loader.testNamePatterns = [f"*{name}*" for name in arguments.tests] or None
    suite = loader.discover(start_dir=str(FOLDER), pattern="*_test.py")
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    sys.exit(not (result.wasSuccessful() and result.testsRun > 0))
