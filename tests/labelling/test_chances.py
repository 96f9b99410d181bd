"""With which chance labelled samples came into the figures."""

import pytest
from django.db import connection

from labelhub.catalog.models import Sample
from labelhub.labelling.models import Assignment, Round
from labelhub.labelling.services import chances, drawing, round_sizes, rounds
from labelhub.labelling.services.drawing import SamplingPlan
from labelhub.labelling.services.frames import Frame
from mlcore.quality.sampling import chance_of_any
from tests.factories import (
    NOW,
    AssignmentFactory,
    CategoryFactory,
    RoundFactory,
    SampleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def draw(name: str, plan: SamplingPlan, *, seed: int) -> Round:
    return rounds.create(
        name=name,
        samples=drawing.propose(plan).choice(seed=seed),
        terms=rounds.Terms(),
        seed=seed,
        by=None,
        now=NOW,
    )


def listed(*sample_ids: int, plan: str = "uncertainty", **terms) -> Round:
    samples = Sample.objects.filter(pk__in=sample_ids)
    return rounds.create(
        name=f"listed {plan}",
        samples=drawing.all_of(samples, plan=plan),
        terms=rounds.Terms(**terms),
        seed=1,
        by=None,
        now=NOW,
    )


def found() -> dict[int, float | None]:
    """Return the chances of the samples that do not simply count for one."""
    with connection.cursor() as cursor:
        cursor.execute(chances.basis("people").statement)
        return {
            sample: chance if chance is None else round(chance, 9)
            for sample, chance in cursor.fetchall()
        }


def samples(round: Round) -> set[int]:
    return set(round.assignments.values_list("sample_id", flat=True))


def test_rounds_count_by_their_plan():
    named = {plan: RoundFactory(plan=plan) for plan in Round.Plan.values}
    RoundFactory(is_blind=False)
    RoundFactory(source="given")

    basis = chances.basis("people")

    assert basis.certain == (named["everything"],)
    assert basis.drawn == (named["random"], named["stratified"])
    assert basis.left_out == (named["uncertainty"], named["disagreement"], named["file"])


def test_where_everything_was_drawn_all_samples_count_for_one():
    AssignmentFactory(inclusion_probability=None)  # of a round made before plans were kept

    assert chances.basis("people").is_plain
    assert found() == {}


def test_a_random_sample_counts_with_its_chance():
    SampleFactory.create_batch(10)

    round = draw("random", SamplingPlan(kind="random", number=4), seed=1)

    assert found() == dict.fromkeys(samples(round), 0.4)


def test_copies_of_a_sample_count_once():
    SampleFactory.create_batch(4)
    round = draw("random", SamplingPlan(kind="random", number=1), seed=1)

    round_sizes.raise_overlap(round=round, overlap=3, by=UserFactory(), now=NOW)

    assert found() == dict.fromkeys(samples(round), 0.25)


def test_samples_of_no_probability_sample_are_left_out():
    sample = SampleFactory()

    listed(sample.pk)

    assert found() == {sample.pk: None}


def test_a_sample_that_another_round_took_for_certain_counts_for_one():
    sample = AssignmentFactory().sample

    listed(sample.pk)
    draw("random", SamplingPlan(kind="random", number=1), seed=1)

    assert found() == {}


def test_a_check_brings_no_sample_into_a_round():
    sample = AssignmentFactory(is_check=True).sample

    listed(sample.pk)

    assert found() == {sample.pk: None}


def test_an_assisted_round_makes_no_sample_count():
    sample = SampleFactory()
    AssignmentFactory(sample=sample, round__is_blind=False)

    listed(sample.pk)

    assert found() == {sample.pk: None}


def test_a_drawn_sample_that_a_list_names_too_keeps_its_chance():
    SampleFactory.create_batch(4)
    round = draw("random", SamplingPlan(kind="random", number=2), seed=1)

    listed(*samples(round))

    assert found() == dict.fromkeys(samples(round), 0.5)


def test_an_answer_that_a_draw_did_not_ask_for_is_left_out():
    SampleFactory.create_batch(3)
    round = draw("random", SamplingPlan(kind="random", number=1), seed=1)
    brought = AssignmentFactory(round=round, sample=SampleFactory()).sample_id

    assert found()[brought] is None


def test_two_draws_from_the_same_samples_add_up_for_all_of_them():
    SampleFactory.create_batch(20)
    first = draw("first", SamplingPlan(kind="random", number=4), seed=1)
    second = draw("second", SamplingPlan(kind="random", number=10), seed=2)

    together = found()

    assert set(together) == samples(first) | samples(second)
    assert set(together.values()) == {round(chance_of_any([0.2, 0.5]), 9)}


def test_a_draw_that_could_not_take_a_sample_adds_nothing_to_its_chance():
    acme = SampleFactory.create_batch(4, brand="acme")
    SampleFactory.create_batch(4)
    draw("all", SamplingPlan(kind="random", number=4), seed=1)
    draw("acme", SamplingPlan(kind="random", number=2, frame=Frame(brand="acme")), seed=2)

    together, inside = found(), {sample.pk for sample in acme}

    assert {together[pk] for pk in set(together) & inside} == {0.75}
    assert {together[pk] for pk in set(together) - inside} == {0.5}


def test_strata_of_another_draw_bring_their_own_chances():
    for path, size in (("a", 8), ("b", 2)):
        SampleFactory.create_batch(size, given_category=CategoryFactory(path=path))
    draw("strata", SamplingPlan(kind="stratified", number=4, level=1, minimum=2), seed=1)
    draw("random", SamplingPlan(kind="random", number=5), seed=2)

    together = found()

    of_b = Assignment.objects.filter(sample__given_category__path="b")
    assert {together[pk] for pk in of_b.values_list("sample_id", flat=True)} == {1.0}
    of_a = {pk: chance for pk, chance in together.items() if chance < 1}
    assert set(of_a.values()) == {round(chance_of_any([0.25, 0.5]), 9)}


def test_a_draw_from_the_rest_gives_the_first_draw_its_chance_too():
    """Had the first draw not taken them, the second might have."""
    SampleFactory.create_batch(10)
    draw("first", SamplingPlan(kind="random", number=5), seed=1)
    draw("rest", SamplingPlan(kind="random", number=1, frame=Frame(is_new=True)), seed=2)

    # 1 of the 5 that were left: 1 - .5 * .8
    assert set(found().values()) == {0.6}


def test_weighed_totals_equal_the_population_on_average():
    """The rule is right: over many draws, the weights of the drawn sum to all there are."""
    acme = [SampleFactory(product_id=f"acme {n}", brand="acme") for n in range(6)]
    for n in range(6):
        SampleFactory(product_id=f"other {n}")
    inside, total, of_acme, times = {sample.pk for sample in acme}, 0.0, 0.0, 60
    for seed in range(times):
        Assignment.objects.all().delete()
        Round.objects.all().delete()
        draw("all", SamplingPlan(kind="random", number=4), seed=2 * seed)
        draw(
            "acme",
            SamplingPlan(kind="random", number=2, frame=Frame(brand="acme")),
            seed=2 * seed + 1,
        )
        weights = {pk: 1 / chance for pk, chance in found().items()}
        total += sum(weights.values()) / times
        of_acme += sum(weights[pk] for pk in set(weights) & inside) / times

    assert total == pytest.approx(12, rel=0.1)
    assert of_acme == pytest.approx(6, rel=0.1)
