"""
People who label as fast as they are let: raw HTTP/1.1 over kept connections, in one process.

The load shares the processors with what it measures, so a request is bytes put together and a
reply is searched for what is needed of it.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import statistics
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
STORED = (200, 201)


class Refused(Exception):
    """The server gave an answer that ends the work, with its status."""


@dataclass
class Login:
    """What a browser holds of a person who has logged in."""

    session: str
    csrf: str


@dataclass
class Labeller:
    """One person with a kept connection; times are those of pairs: answer stored, next returned."""

    host: str
    port: int
    login: Login
    round_id: int
    categories: list[int]
    wish: dict[str, str] = field(default_factory=dict)
    times: list[float] = field(default_factory=list)
    acknowledged: dict[int, int] = field(default_factory=dict)  # annotation by assignment
    next: list[int] = field(default_factory=list)
    is_done: bool = False

    async def work(self, since: float, until: float, think: float) -> None:
        """
        Claim once, then answer and take the next until the time is over or nothing is left.

        Args:
            since: answers given before this are not timed.
            think: seconds before each answer, on average.
        """
        self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
        try:
            if think:
                await asyncio.sleep(random.random() * think)
            claim = {"count": 1, "filter": self.wish}
            status, body = await self.post(f"rounds/{self.round_id}/claim", claim)
            if status != 201:
                raise Refused(status, body)
            self.next = [each["id"] for each in json.loads(body)]
            while self.next and time.perf_counter() < until:
                if think:
                    await asyncio.sleep(think * (0.5 + random.random()))
                took = await self.answer(self.next[0])
                if time.perf_counter() - took >= since:
                    self.times.append(took)
            self.is_done = not self.next
        finally:
            self.writer.close()

    async def answer(self, assignment_id: int) -> float:
        """Answer one assignment, note what comes next, and return the seconds it took."""
        said = {
            "category_id": random.choice(self.categories),
            "key": str(uuid.uuid4()),
            "filter": self.wish,
        }
        start = time.perf_counter()
        status, body = await self.post(f"assignments/{assignment_id}/annotation", said)
        took = time.perf_counter() - start
        if status not in STORED:
            raise Refused(status, body)
        reply = json.loads(body)
        self.acknowledged[assignment_id] = reply["annotation"]["id"]
        self.next = [each["id"] for each in reply["next"]]
        return took

    async def post(self, path: str, said: object) -> tuple[int, bytes]:
        """Send one request and return the status and the body."""
        body = json.dumps(said).encode()
        head = (
            f"POST /api/v1/{path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n"
            f"Cookie: sessionid={self.login.session}; csrftoken={self.login.csrf}\r\n"
            f"X-CSRFToken: {self.login.csrf}\r\nAccept: */*\r\nAccept-Language: ko\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self.writer.write(head.encode() + body)
        answer = await self.reader.readuntil(b"\r\n\r\n")
        found = LENGTH.search(answer)
        length = int(found.group(1)) if found else 0
        return int(answer[9:12]), await self.reader.readexactly(length)


def run(
    people: list[Labeller],
    *,
    seconds: float,
    think: float = 0.0,
    warm_up: float = 0.0,
    at_start: Callable[[], None] = lambda: None,
) -> None:
    """Let them label at once; after the warm-up call `at_start`, then time them for so long."""

    async def all_of_them() -> None:
        since = time.perf_counter() + warm_up
        works = [
            asyncio.create_task(person.work(since, since + seconds, think)) for person in people
        ]
        await asyncio.sleep(warm_up)
        at_start()
        await asyncio.gather(*works)

    asyncio.run(all_of_them())


def percentiles(times: list[float]) -> dict[str, float]:
    """Return the median and the upper percentiles of times, in milliseconds."""
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return {f"p{share} ms": round(cuts[share - 1], 1) for share in (50, 95, 99)}
