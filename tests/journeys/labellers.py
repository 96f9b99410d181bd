"""People who label over the API and write down every answer the server acknowledged."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen


class Unreachable(Exception):
    """No answer came: whether the server stored anything is not known."""


@dataclass
class Labeller:
    """One person with a token; `acknowledged` maps assignments to annotations."""

    url: str
    token: str
    round_id: int
    category_id: int
    acknowledged: dict[int, int] = field(default_factory=dict)
    lost: int = 0  # requests without an answer

    def work(self, until: threading.Event) -> None:
        """Claim and answer until told to stop or nothing is left."""
        while not until.is_set():
            claimed = self._insist(f"rounds/{self.round_id}/claim", {"count": 1})
            if claimed is None:
                return
            for assignment in claimed:
                self._answer(assignment["id"])

    def _answer(self, assignment_id: int) -> None:
        answer = {"category_id": self.category_id}
        stored = self._insist(f"assignments/{assignment_id}/annotation", answer)
        assert stored is not None
        self.acknowledged[assignment_id] = stored["annotation"]["id"]

    def _insist(self, path: str, body: dict[str, Any]) -> Any:
        """Send the same request until the server answers; None when it says 409."""
        while True:
            try:
                return self._post(path, body)
            except Unreachable:
                self.lost += 1
                time.sleep(0.05)

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        request = Request(
            f"{self.url}/api/v1/{path}",
            data=json.dumps(body).encode(),
            headers={"Authorization": f"Token {self.token}", "Content-Type": "application/json"},
        )
        try:
            with urlopen(request, timeout=20) as response:
                return json.load(response)
        except HTTPError as refusal:
            if refusal.code == 409:
                return None
            if refusal.code >= 500:  # the database is away; the request changed nothing
                raise Unreachable from refusal
            raise
        except (OSError, HTTPException) as fault:
            raise Unreachable from fault


@contextmanager
def at_work(labellers: list[Labeller]) -> Iterator[None]:
    """Let them label while the body does its mischief; then let them finish cleanly."""
    over = threading.Event()
    threads = [threading.Thread(target=person.work, args=(over,)) for person in labellers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
