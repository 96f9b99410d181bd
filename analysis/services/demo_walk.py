"""The walk of the demo market: who walks, with what, and in which round."""

from __future__ import annotations

from dataclasses import dataclass

from labelhub.accounts.models import User
from labelhub.jobs.services.carrying import RunningJob
from labelhub.labelling.models import Round
from mlcore.demo.files import MarketFiles
from mlcore.progress import Progress

SEED = 2019
ROUND = "검증 세트 1차"


@dataclass(frozen=True)
class Walk:
    """What every step needs."""

    job: RunningJob
    by: User
    files: MarketFiles
    samples: int

    def telling(self, stage: str) -> Progress:
        """Return a progress that shows one name for a step, whatever its parts are called."""
        return lambda _part, done, total: self.job.report(stage, done, total)

    @property
    def round(self) -> Round:
        """The round of the demo."""
        return Round.objects.get(name=ROUND)
