"""A page with nothing but the category finder, for tests that need no installation."""

from __future__ import annotations

import csv
import json
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from labelhub.catalog.services import spelling

STATIC = Path(settings.BASE_DIR) / "static"
LOOK_EVERY = 0.01  # seconds; so long a server takes to end
TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".html": "text/html",
    ".json": "application/json",
}
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>finder</title><link rel="stylesheet" href="/static/labelhub.css">
<link rel="icon" href="data:,"><body><main class="work"><section class="task">{finder}
</section></main>"""
START = """async () => {
  const { Finder } = await import("/static/labelling/finder.js");
  window.finder = new Finder(document.querySelector("[data-finder]"));
  window.told = [];
  for (const name of ["choose", "clear", "submit"]) {
    finder.element.addEventListener(`finder:${name}`, (event) => {
      if (name !== "clear") told.push(event.detail ? event.detail.path.join(">") : name);
    });
  }
  await finder.ready;
}"""


def tree_of(paths: Iterable[str], synonyms: dict[str, list[str]] | None = None) -> dict[str, Any]:
    """Return the finder's columns for paths of leaves; ids count from 1 in the order of paths."""
    nodes = sorted({">".join(path.split(">")[:n]) for path in paths for n in range(1, 9)})
    places = {path: place for place, path in enumerate(nodes)}
    parents = [places.get(path.rpartition(">")[0], -1) for path in nodes]
    return {
        "version": 1,
        "ids": list(range(1, len(nodes) + 1)),
        "parents": parents,
        "names": [path.rpartition(">")[2] for path in nodes],
        "codes": [str(50000000 + place) for place in range(len(nodes))],
        "leaves": [place not in parents for place in range(len(nodes))],
        "synonyms": {str(places[path]): words for path, words in (synonyms or {}).items()},
    }


def real_tree(folder: Path) -> dict[str, Any]:
    """Return the columns of the real tree, with the synonyms that an installation starts with."""
    with (folder / "naver/categories.csv").open(encoding="utf-8") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["category_path"])
    tree = tree_of(row["category_path"] for row in rows)
    tree["codes"] = [row["category_id"] for row in rows]
    rules = spelling.starting()
    tree["synonyms"] = {
        str(place): words
        for place, name in enumerate(tree["names"])
        if (words := spelling.respelt(name, rules))
    }
    return tree


@contextmanager
def served(tree: dict[str, Any], *, level: str = "") -> Iterator[str]:
    """Serve a page with a finder of this tree; yields its address."""
    shown = {"label": "Find", "tree": "/tree.json", "level": level}
    with translation.override("en"):
        finder = render_to_string("labelling/_finder.html", shown)
    pages = {"/": PAGE.format(finder=finder).encode(), "/tree.json": json.dumps(tree).encode()}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            file = STATIC / path.removeprefix("/static/")
            body = pages.get(path) or file.read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", TYPES.get(file.suffix, "text/html"))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=[LOOK_EVERY], daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
