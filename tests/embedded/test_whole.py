"""The real LabelHub, started as a newcomer starts it."""

from __future__ import annotations

import json
import time
import urllib.request
from pathlib import Path

import pytest

from labelhub.embedded import ports
from labelhub.embedded.places import ROOT
from tests.embedded.small_hub import SmallHub


class WholeHub(SmallHub):
    """This checkout, with a data folder of the test."""

    def command(self, *words: str) -> list[str]:
        interpreter, _, *rest = super().command(*words)
        return [interpreter, str(ROOT / "run"), *rest]


@pytest.mark.timeout(300)
def test_the_whole_of_labelhub_starts_answers_and_stops(folder: Path):
    whole = WholeHub(root=folder, port=ports.free_port())

    try:
        process = whole.up("--empty", "--data-dir", str(whole.data))
        ready = read_json(f"{whole.url}/readyz")
        process.terminate()

        assert process.wait(timeout=60) == 0
        assert all(ready.values()), ready
        assert any("/accounts/welcome/" in line for line in whole.greeting)
        assert whole.wait_until_gone() == []
    finally:
        whole.kill_everything()


def read_json(url: str) -> dict[str, bool]:
    """Ask until the answer is 200: workers take a moment longer than the web server."""
    for _ in range(120):
        try:
            with urllib.request.urlopen(url, timeout=20) as answer:
                return dict(json.load(answer))
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"{url} never answered")
