"""People who label over the API and write down every answer the server acknowledged."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import UUID


class Unreachable(Exception):
    """No answer came: whether the server stored anything is not known."""


@dataclass(frozen=True)
class Acknowledged:
    """One answer as the server said that it keeps it, and the key it was sent with."""

    annotation: int
    assignment: int
    category: int
    key: str


@dataclass
class Labeller:
    """One person with a token, who chooses among some categories as their dice fall."""

    url: str
    token: str
    round_id: int
    categories: Sequence[int]
    dice: random.Random
    acknowledged: list[Acknowledged] = field(default_factory=list)
    lost: int = 0  # requests without an answer, each sent again

    def work(self, until: threading.Event) -> None:
        """Claim, then answer one after the other, until told to stop or nothing is left."""
        waiting = self._insist(f"rounds/{self.round_id}/claim", {"count": 1})
        while waiting and not until.is_set():
            waiting = self._answer(waiting[0]["id"])

    def _answer(self, assignment_id: int) -> Any:
        """Answer an assignment and return what comes next."""
        category = self.dice.choice(self.categories)
        key = str(UUID(int=self.dice.getrandbits(128), version=4))
        answer = {"category_id": category, "key": key, "ahead": 1}
        stored = self._insist(f"assignments/{assignment_id}/annotation", answer)
        kept = stored["annotation"]["id"]
        self.acknowledged.append(Acknowledged(kept, assignment_id, category, key))
        return stored["next"]

    def _insist(self, path: str, body: dict[str, Any]) -> Any:
        """Send the same request until the server answers; nothing when it says 409."""
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
    with ThreadPoolExecutor(len(labellers)) as pool:
        working = [pool.submit(person.work, over) for person in labellers]
        try:
            yield
        finally:
            over.set()
            for each in working:
                each.result(timeout=60)  # and whatever befell one of them
