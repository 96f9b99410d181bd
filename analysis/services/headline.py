"""
The few figures that stand above the table and on the home page.

They stand on probability samples only, each sample weighed by the chance with which it was drawn;
rounds drawn by uncertainty, by disagreement or from a list tell where errors are, not how many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.services.comparison import COUNTED, Comparison
from analysis.services.verdicts import (
    DEEPEST,
    JUDGED,
    NODE,
    Scope,
    acceptable,
    fetch,
    verdicts_of_pairs,
)
from labelhub.labelling.models import Source
from labelhub.labelling.services import chances
from labelhub.labelling.services.chances import Basis
from mlcore.quality.confusion import VerdictCounts
from mlcore.quality.intervals import Interval, wilson_bounds
from mlcore.quality.sampling import weighted_share


@dataclass(frozen=True, kw_only=True)
class Share:
    """
    A share of a total with its Wilson 95 % interval; the part need not be whole.

    Of samples drawn with unequal chances the part is the weighed share of the whole, and
    `effective` the number of samples that the interval is worked out for.
    """

    part: float
    whole: int
    effective: float | None = None  # None: the whole

    @property
    def value(self) -> float | None:
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> Interval | None:
        if self.value is None:
            return None
        number = self.whole if self.effective is None else self.effective
        # In this order rounding never makes more hits than samples.
        low, high = wilson_bounds(number * self.value, number)
        return Interval(float(low), float(high))

    @property
    def is_weighed(self) -> bool:
        return self.effective is not None


@dataclass(frozen=True)
class Group:
    """Samples, or answers, that were drawn with the same chance: how many, and how many hits."""

    chance: float
    hits: float
    total: int


def pooled(groups: Sequence[Group]) -> Share:
    """Return the share of hits, each group weighed by its chance; plain where all are equal."""
    hits, total = sum(group.hits for group in groups), sum(group.total for group in groups)
    if len({group.chance for group in groups if group.total}) < 2:
        return Share(part=hits, whole=total)
    share = weighted_share(
        [group.hits for group in groups],
        [group.total for group in groups],
        [group.chance for group in groups],
    )
    assert share is not None  # two groups have samples
    return Share(part=share.value * total, whole=total, effective=share.effective)


@dataclass(frozen=True, kw_only=True)
class Counted:
    """The verdicts of the samples that the figures stand on, by their chance."""

    by_chance: tuple[tuple[float, VerdictCounts], ...]
    left_out: int  # samples of rounds that are no probability sample

    @property
    def total(self) -> int:
        return sum(counts.total for _chance, counts in self.by_chance)

    @property
    def unreviewed(self) -> int:
        return sum(counts.unreviewed for _chance, counts in self.by_chance)

    def share(self, *verdicts: str) -> Share:
        """Return the share of the samples that have one of the verdicts."""
        return pooled(
            [
                Group(chance, sum(getattr(counts, name) for name in verdicts), counts.total)
                for chance, counts in self.by_chance
            ]
        )


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What the figures stand on, for a reader."""

    samples: int
    is_weighed: bool
    rounds: tuple[str, ...]  # names of those that count
    left_out: int  # samples
    rounds_left_out: tuple[str, ...]

    @property
    def is_plain(self) -> bool:
        """Tell whether every sample counts, and all count the same."""
        return not (self.is_weighed or self.rounds_left_out)


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
    accuracy: Share


@dataclass(frozen=True, kw_only=True)
class Headline:
    """How good people and a version are, over the samples that stand for all."""

    one_person: OnePerson | None  # None where the labels are not people's
    labels: Share  # the consensus (or the given category): right after review
    before: Share  # the model, before review
    after: Share  # the model, after review
    unreviewed: int
    reviewers: Share  # first two reviewers of a category of a sample who say the same
    counted: Counted
    basis: Basis

    @property
    def standing(self) -> Standing:
        """What the figures stand on."""
        return Standing(
            samples=self.counted.total,
            is_weighed=self.before.is_weighed,
            rounds=tuple(round.name for round in self.basis.counted),
            left_out=self.counted.left_out,
            rounds_left_out=tuple(round.name for round in self.basis.left_out),
        )


def headline(comparison: Comparison) -> Headline:
    """Return the figures over the probability samples among the rows of a comparison."""
    source = comparison.scope.source
    basis = chances.basis(source)
    counted = count(comparison, basis)
    is_people = source is Source.PEOPLE
    return Headline(
        one_person=one_person(basis, level=comparison.scope.level) if is_people else None,
        labels=counted.share("same", "human", "both"),
        before=counted.share("same"),
        after=counted.share("same", "model", "both"),
        unreviewed=counted.unreviewed,
        reviewers=reviewers_agreement(),
        counted=counted,
        basis=basis,
    )


def count(comparison: Comparison, basis: Basis) -> Counted:
    """Count the verdicts of a comparison by the chance of the samples."""
    if basis.is_plain:
        return Counted(by_chance=((1.0, comparison.totals.counts),), left_out=0)
    by_chance = _by_chance(comparison.scope, basis)
    return Counted(
        by_chance=tuple((chance, counts) for chance, counts in by_chance if chance is not None),
        left_out=sum(counts.total for chance, counts in by_chance if chance is None),
    )


def _by_chance(scope: Scope, basis: Basis) -> list[tuple[float | None, VerdictCounts]]:
    """Count the verdicts for each chance; None: samples that do not count."""
    counts = ", ".join(
        f"coalesce(sum(samples) FILTER (WHERE verdict = '{name}'), 0)::bigint" for name in COUNTED
    )
    sql = f"""
    {verdicts_of_pairs(scope, drawn=chances_sql(basis))}
    SELECT chance, {counts} FROM verdict GROUP BY chance ORDER BY chance
    """  # noqa: S608  # built from our own words; every value is a parameter
    names = [verdict.value for verdict in COUNTED]
    return [
        (row[0], VerdictCounts(**dict(zip(names, row[1:], strict=True))))
        for row in fetch(sql, scope.parameters)
    ]


def chances_sql(basis: Basis) -> str:
    """Return the basis' statement of (sample_id, chance) for a statement with parameters."""
    return basis.statement.replace("%", "%%")


def one_person(basis: Basis, *, level: int | None = None) -> OnePerson:
    """Count how often one person's blind answer is right, cut to a level of the tree."""
    sql = f"""
    WITH {JUDGED}, drawn AS MATERIALIZED ({chances_sql(basis)}), answer AS (
        SELECT annotation.sample_id, node.cut AS category_id, agreed.cut AS consensus_id,
            annotation.is_undecidable,
            CASE WHEN drawn.sample_id IS NULL THEN 1 ELSE drawn.chance END AS chance
        FROM labelling_annotation AS annotation
        JOIN labelling_consensus AS consensus
          ON consensus.sample_id = annotation.sample_id AND consensus.source = 'people'
        LEFT JOIN {NODE} AS node ON node.id = annotation.category_id
        LEFT JOIN {NODE} AS agreed ON agreed.id = consensus.category_id
        LEFT JOIN drawn ON drawn.sample_id = annotation.sample_id
        WHERE annotation.round_id = ANY(%(counted)s) AND NOT annotation.is_assisted
          AND NOT annotation.is_check
          AND annotation.superseded_at IS NULL AND consensus.state IN ('settled', 'tied')
          AND (drawn.sample_id IS NULL OR drawn.chance IS NOT NULL)
    ), marked AS (
        SELECT answer.sample_id, answer.category_id, answer.is_undecidable, answer.chance,
            coalesce({acceptable("answer.category_id")},
                answer.category_id = answer.consensus_id) AS is_right
        FROM answer
        LEFT JOIN judged ON judged.sample_id = answer.sample_id
    ), ties AS (
        SELECT chance, sum(answers) AS answers, sum(answers::float / choices) AS right_ones
        FROM (
            SELECT chance, count(*) AS answers, count(DISTINCT category_id) AS choices
            FROM marked WHERE is_right IS NULL AND NOT is_undecidable GROUP BY sample_id, chance
        ) AS tie GROUP BY chance
    )
    SELECT chance, count(*) FILTER (WHERE NOT is_undecidable),
        count(*) FILTER (WHERE is_right AND NOT is_undecidable),
        coalesce(max(ties.answers), 0), coalesce(max(right_ones), 0),
        count(*) FILTER (WHERE is_undecidable)
    FROM marked LEFT JOIN ties USING (chance) GROUP BY chance ORDER BY chance
    """  # noqa: S608  # built from our own words; every value is a parameter
    counted = [round.pk for round in basis.counted]
    rows = fetch(sql, {"level": DEEPEST if level is None else level, "counted": counted})
    answers, right, tied, right_in_ties, undecidable = (
        sum(row[place] for row in rows) for place in range(1, 6)
    )
    return OnePerson(
        answers=answers,
        right=right,
        tied=int(tied),
        right_in_ties=float(right_in_ties),
        undecidable=undecidable,
        accuracy=pooled([Group(row[0], row[2] + float(row[4]), row[1]) for row in rows]),
    )


def reviewers_agreement() -> Share:
    """
    Return how often the first two reviewers of a category of a sample agree.

    Later ones are mostly asked because the first two differ, so pairs with them would make
    agreement look rarer than it is.
    """
    [(agreeing, pairs)] = fetch(
        """
        WITH several AS (
            SELECT sample_id, category_id FROM labelling_judgement WHERE superseded_at IS NULL
            GROUP BY sample_id, category_id HAVING count(*) > 1
        ), in_order AS (
            SELECT sample_id, category_id, is_acceptable, row_number() OVER (
                PARTITION BY sample_id, category_id ORDER BY judged_at, id) AS place
            FROM labelling_judgement JOIN several USING (sample_id, category_id)
            WHERE superseded_at IS NULL
        ), pair AS (
            SELECT bool_and(is_acceptable) = bool_or(is_acceptable) AS is_agreed
            FROM in_order WHERE place <= 2 GROUP BY sample_id, category_id
        )
        SELECT count(*) FILTER (WHERE is_agreed), count(*) FROM pair
        """,
        {},
    )
    return Share(part=agreeing, whole=pairs)
