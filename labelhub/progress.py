"""How fast a job goes and how long it will take, from what its row says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class Job(Protocol):
    """What a job's row says about its progress."""

    done: int
    total: int
    stage_started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True)
class Progress:
    """The speed of a job's present stage."""

    rate: float | None  # units a second
    seconds_left: float | None

    @classmethod
    def of(cls, job: Job, *, now: datetime) -> Progress:
        """Return the speed of the present stage; unknown before its first unit and once ended."""
        if job.finished_at or not job.stage_started_at or not job.done:
            return cls(rate=None, seconds_left=None)
        seconds = (now - job.stage_started_at).total_seconds()
        if seconds <= 0:
            return cls(rate=None, seconds_left=None)
        rate = job.done / seconds
        return cls(rate=rate, seconds_left=max(job.total - job.done, 0) / rate)
