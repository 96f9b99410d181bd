"""Plans: what they would draw, and that the draw keeps its word."""

from collections import Counter

import pytest
from django.db import connection

from labelhub.catalog.models import Sample
from labelhub.labelling.models import Round
from labelhub.labelling.services import drawing, rounds
from labelhub.labelling.services.drawing import CannotDraw, SamplingPlan
from labelhub.labelling.services.frames import Frame
from tests.factories import NOW, CategoryFactory, SampleFactory

pytestmark = pytest.mark.django_db

RANDOM, STRATIFIED = Round.Plan.RANDOM, Round.Plan.STRATIFIED


def shop(**sizes: int) -> None:
    """Make samples given the categories, so many of each; `none` are given none."""
    for path, size in sizes.items():
        category = None if path == "none" else CategoryFactory(path=path.replace("_", ">"))
        SampleFactory.create_batch(size, given_category=category)


def drawn(plan: SamplingPlan, *, seed: int = 7, name: str = "drawn") -> Round:
    return rounds.create(
        name=name,
        samples=drawing.propose(plan).choice(seed=seed),
        terms=rounds.Terms(),
        seed=seed,
        by=None,
        now=NOW,
    )


def chances(round: Round) -> dict[str, set[float]]:
    """Return the chances of the drawn samples by their given category."""
    found: dict[str, set[float]] = {}
    for path, chance in round.assignments.values_list(
        "sample__given_category__path", "inclusion_probability"
    ):
        found.setdefault(path, set()).add(chance)
    return found


def counts(round: Round) -> dict[str, int]:
    paths = list(round.assignments.values_list("sample__given_category__path", flat=True))
    return {path: paths.count(path) for path in set(paths)}


def test_everything_that_fits_is_drawn_for_certain():
    shop(a=3, b=2)

    round = drawn(SamplingPlan(frame=Frame(words="product")))

    assert round.assignments.count() == 5
    assert set(round.assignments.values_list("inclusion_probability", flat=True)) == {1.0}
    assert round.plan_details["frame"] == {"words": "product"}


def test_a_random_sample_gives_all_the_same_chance():
    shop(a=8)

    round = drawn(SamplingPlan(kind=RANDOM, number=2))

    assert round.plan == RANDOM
    assert counts(round) == {"a": 2}
    assert chances(round) == {"a": {0.25}}


def test_more_than_there_are_draws_all_for_certain():
    shop(a=3)

    assert chances(drawn(SamplingPlan(kind=RANDOM, number=10))) == {"a": {1.0}}


def test_strata_are_drawn_in_proportion_with_a_minimum():
    shop(a=80, b=20, c=4)

    round = drawn(SamplingPlan(kind=STRATIFIED, number=13, level=1, minimum=3))

    # c gets 3; of the 10 left, 2 are b's by its size, so it gets 3 too, and a gets the other 7
    assert counts(round) == {"a": 7, "b": 3, "c": 3}
    assert chances(round) == {"a": {7 / 80}, "b": {0.15}, "c": {0.75}}


def test_strata_are_the_given_categories_at_a_level():
    shop(women_jacket=2, women_skirt=2, men=4, none=2)

    proposal = drawing.propose(SamplingPlan(kind=STRATIFIED, number=5, level=1))

    names = drawing.stratum_names(proposal.strata)
    sizes = {names[each.key]: (each.size, each.drawn) for each in proposal.strata}
    assert sizes == {"women": (4, 2), "men": (4, 2), "": (2, 1)}


def test_a_category_above_the_level_is_its_own_stratum():
    shop(women_jacket=2, men=2)

    proposal = drawing.propose(SamplingPlan(kind=STRATIFIED, number=2, level=2))

    assert set(drawing.stratum_names(proposal.strata).values()) == {"", "women>jacket", "men"}


def test_minimums_that_need_more_than_is_drawn_are_refused():
    shop(a=5, b=5)

    with pytest.raises(CannotDraw, match="needs 6 samples"):
        drawing.propose(SamplingPlan(kind=STRATIFIED, number=5, level=1, minimum=3))


def test_a_draw_follows_its_seed_and_nothing_else():
    shop(a=30)
    plan = SamplingPlan(kind=RANDOM, number=10)

    first, again = drawn(plan, name="first"), drawn(plan, name="again")
    other = drawn(plan, seed=8, name="other")

    def samples(round):
        return set(round.assignments.values_list("sample", flat=True))

    assert samples(first) == samples(again) != samples(other)


def test_the_round_keeps_what_the_plan_asked_and_drew():
    shop(a=3, b=1)

    details = drawn(SamplingPlan(kind=STRATIFIED, number=2, level=1, minimum=1)).plan_details

    assert (details["number"], details["level"], details["minimum"]) == (2, 1, 1)
    assert (details["fitting"], details["drawn"]) == (4, 2)
    assert sorted([size, drawn] for _key, size, drawn in details["strata"]) == [[1, 1], [3, 1]]


def test_words_with_signs_of_sql_are_only_words():
    SampleFactory(name="100% {cotton} ';--")

    assert drawn(
        SamplingPlan(kind=RANDOM, number=1, frame=Frame(words="100% {cotton} ';--"))
    ).assignments.exists()


def test_the_number_of_strata_may_be_large():
    for number in range(60):
        shop(**{f"c{number}": 2})

    round = drawn(SamplingPlan(kind=STRATIFIED, number=60, level=1, minimum=1))

    assert set(counts(round).values()) == {1}


def test_a_random_choice_of_samples_has_the_number_asked_for():
    shop(a=30)

    first = drawing.at_random(Sample.objects.all(), number=10, seed=1)
    other = drawing.at_random(Sample.objects.all(), number=10, seed=2)

    assert len(first) == 10
    assert list(first) != list(other)


def test_over_many_draws_a_sample_is_drawn_as_often_as_its_chance_says():
    shop(a=6, b=3, none=1)
    plan = SamplingPlan(kind=STRATIFIED, number=5, level=1, minimum=1)
    proposal, times = drawing.propose(plan), 400
    stated: dict[int, float] = {}
    hits: Counter[int] = Counter()
    for seed in range(times):
        with connection.cursor() as cursor:
            cursor.execute(proposal.statement(seed=seed))
            rows = cursor.fetchall()
        stated |= {sample: chance for sample, _product_id, chance in rows}
        hits.update(sample for sample, _product_id, _chance in rows)

    # 5 of 6 + 3 + 1: the one without a category for certain; of the other 4, in proportion to
    # 6 and 3, 2.67 and 1.33 make 3 of a, for its larger remainder, and 1 of b.
    assert sorted(stated.values()) == pytest.approx([1 / 3] * 3 + [0.5] * 6 + [1.0])
    for sample, chance in stated.items():
        # Four standard errors of 400 draws; the seeds are fixed, so it never fails by chance.
        slack = 4 * (chance * (1 - chance) / times) ** 0.5
        assert hits[sample] / times == pytest.approx(chance, abs=slack + 1e-9)
