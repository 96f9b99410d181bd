import pytest

from analysis.services.comparison import compare
from analysis.services.headline import headline
from analysis.services.shared_mistakes import SharedMistakes, estimate, judged_twice
from analysis.services.verdicts import Scope
from labelhub.labelling.models import Source
from labelhub.labelling.services import chances
from labelhub.registry.models import ModelVersion
from tests.factories import (
    NOW,
    AssignmentFactory,
    CategoryFactory,
    ConsensusFactory,
    JudgementFactory,
    ModelVersionFactory,
    PredictionFactory,
    ReviewDrawFactory,
    RoundFactory,
    SampleFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(db) -> ModelVersion:
    return ModelVersionFactory()


def sample(version, human="bag>tote", model="bag>tote", *, verdicts=(), draw=True, **more):
    made = SampleFactory()
    ConsensusFactory(sample=made, category=CategoryFactory(path=human), **more)
    PredictionFactory(sample=made, category=CategoryFactory(path=model), version=version)
    if draw:
        ReviewDrawFactory(sample=made)
    for is_acceptable in verdicts:
        JudgementFactory(
            sample=made, category=CategoryFactory(path=human), is_acceptable=is_acceptable
        )
    return made


def scope(version, **more) -> Scope:
    return Scope(version=version, **{"source": Source.PEOPLE, **more})


def found_wrong(scope: Scope) -> tuple[int, int]:
    """Count the agreed samples found wrong, and all that were judged twice."""
    groups = judged_twice(scope, chances.basis(Source.PEOPLE))
    return sum(group.hits for group in groups), sum(group.total for group in groups)


def estimated(scope: Scope) -> SharedMistakes | None:
    table = compare(scope, now=NOW)
    return estimate(table, headline(table))


def test_agreed_samples_that_two_reviewers_refuse_are_wrong(version):
    sample(version, verdicts=(True, True))
    sample(version, verdicts=(True, True))
    sample(version, verdicts=(False, False))

    assert found_wrong(scope(version)) == (1, 3)


def test_one_reviewer_is_not_enough(version):
    sample(version, verdicts=(False,))

    assert found_wrong(scope(version)) == (0, 0)


def test_a_sample_on_which_reviewers_are_divided_waits_for_a_third(version):
    divided = sample(version, verdicts=(True, False))

    assert found_wrong(scope(version)) == (0, 0)

    JudgementFactory(sample=divided, category=CategoryFactory(path="bag>tote"), is_acceptable=False)

    assert found_wrong(scope(version)) == (1, 1)


def test_samples_that_were_not_drawn_say_nothing_of_the_rest(version):
    sample(version, verdicts=(False, False), draw=False)
    sample(version, verdicts=(True, True))

    assert found_wrong(scope(version)) == (0, 1)


def test_a_disagreement_is_no_agreed_mistake(version):
    sample(version, model="shoe", verdicts=(False, False))

    assert found_wrong(scope(version)) == (0, 0)


def test_at_a_higher_level_more_samples_agree(version):
    sample(version, model="bag>clutch", verdicts=(False, False))

    assert found_wrong(scope(version, level=1)) == (1, 1)


def test_only_the_subtree_counts(version):
    sample(version, verdicts=(False, False))
    sample(version, human="shoe", model="shoe", verdicts=(True, True))

    assert found_wrong(scope(version, under=CategoryFactory(path="shoe"))) == (0, 1)


def test_the_estimate_adds_the_rate_over_the_agreed_samples(version):
    """Of 10 samples 2 differ, unreviewed; of 4 judged twice one is wrong: .2 + .25 * .8 = .4."""
    sample(version, verdicts=(False, False))
    for _ in range(3):
        sample(version, verdicts=(True, True))
    for _ in range(4):
        sample(version, draw=False)
    for _ in range(2):
        sample(version, model="shoe", draw=False)

    found = estimated(scope(version))

    assert (found.wrong, found.judged, found.rate, found.agreed) == (1, 4, 0.25, 0.8)
    assert found.estimate == pytest.approx(0.4)
    # Wilson: 2 of 10 is .0567–.5098, 1 of 4 is .0456–.6994 (times .8: .0365–.5595).
    # Below: sqrt(.1433² + .1635²) = .2174; above: sqrt(.3098² + .3595²) = .4746.
    assert found.interval.low == pytest.approx(0.4 - 0.2174, abs=1e-4)
    assert found.interval.high == pytest.approx(0.4 + 0.4746, abs=1e-4)


def test_the_rate_weighs_each_sample_by_its_chance(version):
    round = RoundFactory(plan="random")
    for verdicts, chance in (((False, False), 0.5), ((True, True), 0.1)):
        drawn = sample(version, verdicts=verdicts)
        AssignmentFactory(round=round, sample=drawn, inclusion_probability=chance)

    found = estimated(scope(version))

    assert (found.wrong, found.judged) == (1, 2)
    assert found.rate == pytest.approx(2 / 12)  # (1 / .5) of (1 / .5 + 1 / .1)


def test_samples_that_do_not_enter_the_headline_say_nothing_of_it(version):
    elsewhere = sample(version, verdicts=(False, False))
    AssignmentFactory(round=RoundFactory(plan="uncertainty"), sample=elsewhere)
    sample(version, verdicts=(True, True))

    assert found_wrong(scope(version)) == (0, 1)


def test_without_a_sample_judged_twice_there_is_no_estimate(version):
    sample(version)

    assert estimated(scope(version)) is None


def test_without_samples_there_is_no_estimate(version):
    assert estimated(scope(version)) is None


def test_given_categories_share_no_mistakes_with_people(version):
    sample(version, verdicts=(False, False), source="given")

    assert estimated(scope(version, source=Source.GIVEN)) is None
