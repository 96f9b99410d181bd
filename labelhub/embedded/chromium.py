"""The browser of the journeys."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from labelhub.embedded import packages
from labelhub.embedded.places import Places
from labelhub.embedded.refusal import Refusal
from labelhub.embedded.terminal import say

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APPLICATIONS = (
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
)
# Where Playwright's own browser is, whether or not it has been downloaded.
ASK_PLAYWRIGHT = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


def find_or_install(places: Places) -> str:
    """
    Return the path of a Chromium.

    Raises:
        Refusal: there is none, and none can be installed.
    """
    return _found(places) or _installed(places)


def _found(places: Places) -> str | None:
    given = os.environ.get("LABELHUB_CHROMIUM")
    if given and not os.access(given, os.X_OK):
        raise Refusal(f"LABELHUB_CHROMIUM: {given} is not a program.")
    applications = (str(path) for path in APPLICATIONS if path.exists())
    return given or packages.find(*NAMES) or next(applications, None) or _of_playwright(places)


def _of_playwright(places: Places) -> str | None:
    answer = subprocess.run(
        [str(places.python), "-c", ASK_PLAYWRIGHT], capture_output=True, text=True, check=False
    ).stdout.strip()
    return answer if answer and Path(answer).exists() else None


def _installed(places: Places) -> str:
    log = places.install_log
    say("Installing Chromium for the browser tests")
    if packages.may_install() and packages.install("chromium", log=log):
        found = packages.find(*NAMES)
        if found:
            return found
    command = [str(places.python), "-m", "playwright", "install", "chromium"]
    with log.open("ab") as output:
        subprocess.run(command, stdout=output, stderr=output, check=False)
    found = _of_playwright(places)
    if found is None:
        raise Refusal(
            "The browser tests need Chromium: install it, or name one in LABELHUB_CHROMIUM "
            f"(what was tried is in {log})."
        )
    return found
