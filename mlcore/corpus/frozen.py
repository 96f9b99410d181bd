"""What is known of a frozen dataset, and how its record says it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from mlcore.corpus.counts import CategoryCount, StepCount
from mlcore.corpus.fingerprint import COVERED
from mlcore.corpus.plan import CurationPlan
from mlcore.exclusion import ExclusionRule


@dataclass(frozen=True)
class Frozen:
    """
    What a folder written by `freeze` holds.

    Attributes:
        rows: how many there are.
        counts, categories: rows before and after each step, of all and of each category.
        hits: corpus rows that each rule hit.
        fingerprint: SHA-256 of the rows' columns that it covers.
        manifest: SHA-256 of the file; rows that do not fit into memory are known by it.
        covered: columns of the fingerprint.
    """

    rows: int
    counts: tuple[StepCount, ...]
    categories: tuple[CategoryCount, ...]
    hits: tuple[int, ...]
    fingerprint: str
    manifest: str
    covered: tuple[str, ...] = COVERED


def as_record(
    frozen: Frozen,
    rules: Sequence[ExclusionRule],
    plan: CurationPlan,
    corpus: str,
    tokeniser: str,
) -> dict[str, object]:
    """Return what `dataset.json` says."""
    return {
        "counts": [asdict(count) for count in frozen.counts],
        "rules": [rule.as_record() for rule in rules],
        "hits": frozen.hits,
        "plan": plan.as_record(),
        "fingerprint": frozen.fingerprint,
        "covered": frozen.covered,
        "manifest": frozen.manifest,
        "corpus": corpus,
        "tokeniser": tokeniser,
    }
