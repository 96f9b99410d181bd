"""
Ties: labels on which people balance, and categories on which reviewers balance.

Either is open until somebody new judges it. The label of a sample settles when exactly one of its
tied categories is judged acceptable, a category when a further reviewer takes a side.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from analysis.services.review import has_seen_sides
from analysis.services.verdicts import fetch
from labelhub.accounts.models import User
from labelhub.catalog.models import Category, Sample
from labelhub.errors import DomainError
from labelhub.labelling.models import Source
from labelhub.labelling.services import judgements
from labelhub.labelling.services.consensus_sql import COUNTED
from labelhub.labelling.services.effective import EFFECTIVE_JUDGEMENTS


class Kind(StrEnum):
    """What balances."""

    LABEL = "label"  # the answers of people
    JUDGEMENT = "judgement"  # the judgements of one category


ORDERS = {  # of the table: key, SQL for ascending order
    "since": "since",
    "product": "name",
    "kind": "kind",
    "voices": "total",
}

# The categories that share the first place among a sample's answers, and each judged category on
# which as many reviewers say yes as no.
TIES = f"""
WITH tally AS (
    SELECT annotation.sample_id, annotation.category_id, count(*) AS votes,
           rank() OVER (PARTITION BY annotation.sample_id ORDER BY count(*) DESC) AS place
    FROM {COUNTED} AND annotation.sample_id IN (
        SELECT sample_id FROM labelling_consensus
        WHERE source = %(source)s AND state = 'tied')
    GROUP BY annotation.sample_id, annotation.category_id
), mine AS (
    SELECT sample_id, array_agg(category_id) AS categories FROM labelling_judgement
    WHERE reviewer_id = %(reviewer)s AND superseded_at IS NULL GROUP BY sample_id
), tie AS (
    SELECT 'label' AS kind, consensus.sample_id, max(consensus.computed_at) AS since,
        coalesce(array_agg(tally.category_id ORDER BY tally.category_id)
            FILTER (WHERE tally.category_id IS NOT NULL), '{{}}') AS categories,
        coalesce(max(tally.votes), 0) AS yes, 0 AS no, max(consensus.votes) AS total,
        coalesce(bool_or(tally.sample_id IS NOT NULL AND tally.category_id IS NULL), false)
            AS is_undecidable
    FROM labelling_consensus AS consensus
    LEFT JOIN tally ON tally.sample_id = consensus.sample_id AND tally.place = 1
    WHERE consensus.source = %(source)s AND consensus.state = 'tied'
    GROUP BY consensus.sample_id
    UNION ALL
    SELECT 'judgement', sample_id, max(judged_at), ARRAY[category_id],
        count(*) FILTER (WHERE is_acceptable), count(*) FILTER (WHERE NOT is_acceptable),
        count(*), false
    FROM labelling_judgement WHERE superseded_at IS NULL GROUP BY sample_id, category_id
    HAVING count(*) FILTER (WHERE is_acceptable) = count(*) FILTER (WHERE NOT is_acceptable)
), listed AS (
    SELECT tie.*, sample.product_id, sample.name,
        EXISTS (SELECT FROM labelling_annotation AS own WHERE own.sample_id = tie.sample_id
                AND own.annotator_id = %(reviewer)s) AS is_own,
        coalesce(mine.categories @> tie.categories, false) AS is_mine
    FROM tie JOIN catalog_sample AS sample ON sample.id = tie.sample_id
    LEFT JOIN mine ON mine.sample_id = tie.sample_id
    WHERE (%(kind)s::text IS NULL OR kind = %(kind)s)
      AND (%(query)s = '' OR strpos(lower(sample.name), lower(%(query)s)) > 0
                          OR sample.product_id = %(query)s)
)
"""  # noqa: S608  # built from our own words; every value is a parameter


class AlreadyJudged(DomainError):
    """The reviewer is one of those between whom the tie is."""


@dataclass(frozen=True)
class Standing:
    """A tied category, and what the reviewers together say of it; None: nothing, or a balance."""

    category: Category
    is_acceptable: bool | None


@dataclass(frozen=True, kw_only=True)
class Tie:
    """One tie with what a table shows of it."""

    kind: Kind
    sample_id: int
    product_id: str
    name: str
    since: datetime
    standings: tuple[Standing, ...]
    yes: int  # answers for each tied category, or judgements that accept it
    no: int  # judgements that do not
    total: int  # all answers, or judgements
    is_undecidable: bool  # "cannot be decided" is one of the tied answers
    is_own: bool  # the reader labelled the sample
    is_mine: bool  # the reader has judged all of its categories

    @property
    def may_be_judged(self) -> bool:
        """Tell whether the reader is somebody new, who can decide it."""
        return not self.is_own and not self.is_mine


@dataclass(frozen=True, kw_only=True)
class OpenTies:
    """
    The ties that a reader sees; only slices are read.

    Args:
        reader: whose own labels and judgements are told apart.
        kind: only ties of this kind; None means both.
        query: only products whose name holds this, or with this product id.
        order: one of `ORDERS`; equal ones by product.
    """

    source: Source
    reader: User
    kind: Kind | None = None
    query: str = ""
    order: str = "since"
    is_descending: bool = True

    def __len__(self) -> int:
        return self._count("true")

    def __getitem__(self, place: slice) -> list[Tie]:
        start = place.start or 0
        limit = None if place.stop is None else max(place.stop - start, 0)
        direction = "DESC" if self.is_descending else "ASC"
        sql = f"""{TIES} SELECT * FROM listed
            ORDER BY {ORDERS[self.order]} {direction}, sample_id, kind, categories
            LIMIT %(limit)s OFFSET %(offset)s"""  # noqa: S608  # built from our own words
        return _ties(fetch(sql, {**self._parameters, "limit": limit, "offset": start}))

    def judgeable(self) -> int:
        """Count the ties that the reader could decide."""
        return self._count("NOT is_own AND NOT is_mine")

    def next_sample(self, *, after: int | None = None) -> int | None:
        """
        Return a sample whose tie the reader could decide, in an order of their own.

        Args:
            after: the one that comes next in this order; at its end it begins again.
        """
        place = "md5(concat_ws(' ', {}, %(reviewer)s))"
        mine, theirs = place.format("sample_id"), place.format("%(after)s::bigint")
        sql = f"""{TIES} SELECT sample_id FROM listed
            WHERE NOT is_own AND NOT is_mine AND sample_id IS DISTINCT FROM %(after)s
            ORDER BY {mine} < {theirs}, {mine}, sample_id
            LIMIT 1"""  # noqa: S608  # built from our own words
        found = fetch(sql, {**self._parameters, "after": after})
        return found[0][0] if found else None

    def of_sample(self, sample_id: int) -> list[Tie]:
        """Return the ties of one sample."""
        sql = f"""{TIES} SELECT * FROM listed WHERE sample_id = %(sample)s
            ORDER BY kind, categories"""  # noqa: S608  # built from our own words
        return _ties(fetch(sql, {**self._parameters, "sample": sample_id}))

    def _count(self, condition: str) -> int:
        sql = f"{TIES} SELECT count(*) FROM listed WHERE {condition}"  # noqa: S608  # own words
        return int(fetch(sql, self._parameters)[0][0])

    @property
    def _parameters(self) -> dict[str, Any]:
        return {
            "source": self.source.value,
            "reviewer": self.reader.pk,
            "kind": self.kind.value if self.kind else None,
            "query": self.query,
        }


def candidates(ties: Sequence[Tie], *, reviewer: User) -> list[Category]:
    """
    Return the categories to judge, in the order in which this reviewer always sees them.

    Nothing tells whether people, a model or a reviewer brought a category in.
    """
    found = {
        standing.category.pk: standing.category
        for tie in ties
        if tie.may_be_judged
        for standing in tie.standings
    }

    def coin(category: Category) -> bytes:
        return hashlib.sha256(f"{ties[0].sample_id} {reviewer.pk} {category.pk}".encode()).digest()

    return sorted(found.values(), key=coin)


def decide(
    *,
    ties: Sequence[Tie],
    sample: Sample,
    verdicts: Mapping[int, bool],
    shown: Sequence[int],
    reviewer: User,
    now: datetime,
) -> None:
    """
    Keep what somebody new says about the tied categories of a sample.

    Args:
        ties: those of the sample, as this reviewer sees them now.
        shown: the categories that the reviewer saw, in their order.

    Raises:
        AlreadyJudged: the reviewer is part of every tie that is left.
        OwnSample: the reviewer labelled the sample.
    """
    if ties and all(tie.is_mine for tie in ties):
        raise AlreadyJudged(
            _("You have judged this product already, so somebody else decides the tie.")
        )
    judgements.judge(
        sample=sample,
        verdicts=verdicts,
        reviewer=reviewer,
        pair_shown=shown,
        is_unblinded=has_seen_sides(sample_id=sample.pk, reviewer=reviewer),
        now=now,
    )


def _ties(rows: Sequence[tuple[Any, ...]]) -> list[Tie]:
    names = Category.objects.in_bulk({pk for row in rows for pk in row[3]})
    said = _effective([row[1] for row in rows])
    return [
        Tie(
            kind=Kind(row[0]),
            sample_id=row[1],
            since=row[2],
            standings=tuple(Standing(names[pk], said.get((row[1], pk))) for pk in row[3]),
            yes=row[4],
            no=row[5],
            total=row[6],
            is_undecidable=row[7],
            product_id=row[8],
            name=row[9],
            is_own=row[10],
            is_mine=row[11],
        )
        for row in rows
    ]


def _effective(samples: Sequence[int]) -> dict[tuple[int, int], bool]:
    """Return what reviewers together say, by sample and category."""
    sql = f"""SELECT * FROM ({EFFECTIVE_JUDGEMENTS}) AS effective
        WHERE sample_id = ANY(%(samples)s)"""  # noqa: S608  # no value of a user is in it
    found = fetch(sql, {"samples": list(samples)})
    return {(sample, category): is_acceptable for sample, category, is_acceptable in found}
