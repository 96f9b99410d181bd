"""
How long the category finder takes for every state of 500 queries as they are typed, in Chromium.

    ./run bench finder [--out benchmarks/results/finder.json]

The tree and the product names are the real ones (LABELHUB_REAL_DATA, default ../shared/data). A
state is what the text field holds after a key: ㅂ, 브, 블, 블ㄹ … Two times are taken of each: all
that a key causes (search, list of results, style and layout), and the search alone when nothing is
remembered of the keys before it.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import random
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labelhub.settings")
django.setup()

from playwright.sync_api import sync_playwright  # noqa: E402  # after django.setup()

from tests.journeys import finder_page  # noqa: E402

QUERIES = 500
SEED = 20
FRAME = 16  # milliseconds
REPEATS = 3  # the shortest time counts: what else the machine does is not the finder's
SCRIPTS = ["finder", "search", "names", "hangul", "paths", "typing", "misses", "tree"]
SYLLABLES, VOWELS, LASTS = 0xAC00, 21, 28
FIRST = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"

MEASURE = """(states) => {
  const times = {"search without memory": [], key: []};
  for (const typing of states) {
    finder.reset();
    for (const state of typing) {
      finder.tree.costs.clear();
      const start = performance.now();
      module.search(finder.tree, state);
      times["search without memory"].push(performance.now() - start);
    }
    finder.tree.costs.clear();
    for (const state of typing) {
      finder.input.value = state;
      const start = performance.now();
      finder.look();
      finder.list.getBoundingClientRect();  // style and layout are part of the frame
      times.key.push(performance.now() - start);
    }
  }
  return times;
}"""


def queries(folder: Path) -> list[str]:
    """Return words and phrases of categories and of product names, drawn at random."""
    draw = random.Random(SEED)
    with (folder / "naver/categories.csv").open(encoding="utf-8") as file:
        paths = [row["category_path"].split(">") for row in csv.DictReader(file)]
    with (folder / "naver/validation_120k.csv").open(encoding="utf-8") as file:
        names = [row["product_name"].split() for row in csv.DictReader(file)]
    categories = [
        " ".join(path[-count:]) if count else path[-1].split("/")[0]
        for path in draw.sample(paths, QUERIES // 2)
        for count in [draw.choice([0, 1, 1, 2])]
    ]
    products = [
        " ".join(draw.sample(words, min(len(words), draw.choice([1, 1, 2, 3]))))
        for words in draw.sample(names, QUERIES - len(categories))
    ]
    return categories + products


def states(query: str) -> Iterator[str]:
    """Yield what the field holds after each key of a Korean keyboard."""
    for at, character in enumerate(query):
        before, place = query[:at], ord(character) - SYLLABLES
        if 0 <= place < len(FIRST) * VOWELS * LASTS:
            yield before + FIRST[place // (VOWELS * LASTS)]
            if place % LASTS:
                yield before + chr(SYLLABLES + place - place % LASTS)
        yield before + character


def measured(url: str, typed: list[list[str]]) -> dict[str, list[float]]:
    """Type every query into the finder and return the times in milliseconds."""
    program = os.environ.get("LABELHUB_CHROMIUM", "/usr/bin/chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(url)
        page.evaluate(finder_page.START)
        page.evaluate(
            "async () => { window.module = await import('/static/labelling/search.js'); }"
        )
        page.evaluate(MEASURE, typed[:20])  # the engine compiles what it has seen a few times
        runs: list[dict[str, list[float]]] = [page.evaluate(MEASURE, typed) for _ in range(REPEATS)]
        browser.close()
    return {
        **{name: _shortest([run[name] for run in runs]) for name in runs[0]},
        "key, every run": [time for run in runs for time in run["key"]],
    }


def _shortest(runs: list[list[float]]) -> list[float]:
    return [min(times) for times in zip(*runs, strict=True)]


def percentiles(times: list[float]) -> dict[str, float]:
    """Return the median, the 95th and the 99th percentile, and the longest."""
    ordered = sorted(times)
    shares = {"p50": 0.50, "p95": 0.95, "p99": 0.99}
    found = {name: ordered[int(share * (len(ordered) - 1))] for name, share in shares.items()}
    return {name: round(time, 2) for name, time in {**found, "longest": ordered[-1]}.items()}


def sizes(tree: dict[str, Any]) -> dict[str, int]:
    """Return what a browser loads for the finder, in gzipped bytes."""
    text = json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode()
    scripts = [finder_page.STATIC / f"labelling/{name}.js" for name in SCRIPTS]
    return {
        "tree": len(gzip.compress(text)),
        "scripts": sum(len(gzip.compress(script.read_bytes())) for script in scripts),
    }


def main() -> None:
    """Measure, print the result as JSON, and write it where `--out` says."""
    parser = ArgumentParser()
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    folder = Path(os.environ.get("LABELHUB_REAL_DATA", ROOT / "../shared/data")).resolve()
    if not (folder / "naver").is_dir():
        raise SystemExit(f"No real rows at {folder}: set LABELHUB_REAL_DATA.")
    tree = finder_page.real_tree(folder)
    typed = [list(states(query)) for query in queries(folder)]
    with finder_page.served(tree) as url:
        times = measured(url, typed)
    result = {
        "processors": os.cpu_count(),
        "categories": len(tree["ids"]),
        "queries": len(typed),
        "repeats, of which the shortest counts": REPEATS,
        "states": len(times["key"]),
        "milliseconds": {name: percentiles(of) for name, of in times.items()},
        "over one frame": sum(time >= FRAME for time in times["key"]),
        "gzipped bytes": sizes(tree),
    }
    text = json.dumps(result, indent=1)
    print(text)
    if options.out:
        options.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
