"""The few figures that stand above the table and on the home page."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.services.comparison import Comparison
from analysis.services.verdicts import DEEPEST, JUDGED, NODE, acceptable, fetch
from labelhub.labelling.models import Source
from mlcore.quality.intervals import Interval, wilson_bounds


@dataclass(frozen=True, kw_only=True)
class Share:
    """A share of a total with its Wilson 95 % interval; the part need not be whole."""

    part: float
    whole: int

    @property
    def value(self) -> float | None:
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> Interval | None:
        if not self.whole:
            return None
        low, high = wilson_bounds(self.part, self.whole)
        return Interval(float(low), float(high))


@dataclass(frozen=True, kw_only=True)
class OnePerson:
    """
    How often one person is right: blind answers of people, on samples that have them all.

    An answer is right where reviewers found its category acceptable; where they have not
    looked, where it is the consensus. In a tie that nobody has decided one of the answers is
    taken to be right: leaving ties out would count the easy samples only.
    """

    answers: int
    right: int
    tied: int  # answers in undecided ties, counted in `answers`
    right_in_ties: float
    undecidable: int  # "cannot be decided", in no other count

    @property
    def accuracy(self) -> Share:
        return Share(part=self.right + self.right_in_ties, whole=self.answers)


@dataclass(frozen=True, kw_only=True)
class Headline:
    """How good people and a version are, over all samples of a comparison."""

    one_person: OnePerson | None  # None where the labels are not people's
    labels: Share  # the consensus (or the given category): right after review
    before: Share  # the model, before review
    after: Share  # the model, after review
    unreviewed: int
    reviewers: Share  # pairs of reviewers of one category of a sample who say the same


def headline(comparison: Comparison) -> Headline:
    """Return the figures over all rows of a comparison."""
    counts = comparison.totals.counts
    is_people = comparison.scope.source is Source.PEOPLE
    return Headline(
        one_person=one_person(level=comparison.scope.level) if is_people else None,
        labels=Share(part=counts.same + counts.human + counts.both, whole=counts.total),
        before=Share(part=counts.same, whole=counts.total),
        after=Share(part=counts.same + counts.model + counts.both, whole=counts.total),
        unreviewed=counts.unreviewed,
        reviewers=reviewers_agreement(),
    )


def one_person(*, level: int | None = None) -> OnePerson:
    """Count how often one person's blind answer is right, cut to a level of the tree."""
    sql = f"""
    WITH {JUDGED}, answer AS (
        SELECT annotation.sample_id, node.cut AS category_id, agreed.cut AS consensus_id,
            annotation.is_undecidable
        FROM labelling_annotation AS annotation
        JOIN labelling_round AS round ON round.id = annotation.round_id
        JOIN labelling_consensus AS consensus
          ON consensus.sample_id = annotation.sample_id AND consensus.source = round.source
        LEFT JOIN {NODE} AS node ON node.id = annotation.category_id
        LEFT JOIN {NODE} AS agreed ON agreed.id = consensus.category_id
        WHERE round.source = 'people' AND round.is_blind AND NOT annotation.is_assisted
          AND annotation.superseded_at IS NULL AND consensus.state IN ('settled', 'tied')
    ), marked AS (
        SELECT answer.sample_id, answer.category_id,
            coalesce({acceptable("answer.category_id")},
                answer.category_id = answer.consensus_id) AS is_right
        FROM answer
        LEFT JOIN judged ON judged.sample_id = answer.sample_id
        WHERE NOT answer.is_undecidable
    ), ties AS (
        SELECT sample_id, count(*) AS answers, count(DISTINCT category_id) AS choices
        FROM marked WHERE is_right IS NULL GROUP BY sample_id
    )
    SELECT (SELECT count(*) FROM marked),
           (SELECT count(*) FROM marked WHERE is_right),
           (SELECT coalesce(sum(answers), 0) FROM ties),
           (SELECT coalesce(sum(answers::float / choices), 0) FROM ties),
           (SELECT count(*) FROM answer WHERE is_undecidable)
    """  # noqa: S608  # built from our own words; every value is a parameter
    [row] = fetch(sql, {"level": DEEPEST if level is None else level})
    answers, right, tied, right_in_ties, undecidable = row
    return OnePerson(
        answers=answers,
        right=right,
        tied=int(tied),
        right_in_ties=float(right_in_ties),
        undecidable=undecidable,
    )


def reviewers_agreement() -> Share:
    """Return how often two reviewers of the same category of a sample agree."""
    [(agreeing, pairs)] = fetch(
        """
        SELECT coalesce(sum(yes * (yes - 1) / 2 + no * (no - 1) / 2), 0),
               coalesce(sum((yes + no) * (yes + no - 1) / 2), 0)
        FROM (
            SELECT count(*) FILTER (WHERE is_acceptable) AS yes,
                   count(*) FILTER (WHERE NOT is_acceptable) AS no
            FROM labelling_judgement WHERE superseded_at IS NULL
            GROUP BY sample_id, category_id HAVING count(*) > 1
        ) AS judged_again
        """,
        {},
    )
    return Share(part=float(agreeing), whole=int(pairs))
