"""What the people of the demo market do beside answering the large round."""

from __future__ import annotations

import pytest

from analysis.services import demo, demo_checks, demo_guidance, demo_rounds
from labelhub.accounts.models import User
from labelhub.catalog.models import Sample, Synonym, SynonymProposal
from labelhub.labelling.models import (
    Annotation,
    Flag,
    Guideline,
    GuidelineExample,
    HiddenCheck,
    Question,
    Round,
    Skip,
)
from labelhub.labelling.services import acceptance
from mlcore.demo import sayings
from tests.analysis.demo_walk import predicted, take
from tests.analysis.demo_walk import walk as walk

pytestmark = pytest.mark.django_db


@pytest.fixture
def labelled(walk):
    take(walk, *demo.IMPORTS)
    return walk


def test_the_starting_list_of_synonyms_is_in_force(labelled):
    assert Synonym.objects.filter(word="자켓", stands_for="재킷").exists()


def test_words_that_found_nothing_are_proposed_once(labelled):
    take(labelled, demo_guidance.propose_synonyms, demo_guidance.propose_synonyms)

    counted = dict(SynonymProposal.objects.values_list("word", "count"))
    assert counted == {word: times for word, _path, times in sayings.MISSED}


def test_a_question_is_answered_and_another_waits(labelled):
    take(labelled, demo_guidance.explain, demo_guidance.explain)

    assert Question.objects.count() == 2
    assert Question.objects.waiting().count() == 1


def test_the_guideline_shows_products_that_belong_and_one_that_does_not(labelled, monkeypatch):
    answered = Sample.objects.filter(assignments__answered_at__isnull=False).distinct()
    monkeypatch.setattr(demo_guidance, "_kids_jackets", lambda walk: list(answered[:3]))

    take(labelled, demo_guidance.explain)

    shown = GuidelineExample.objects.filter(guideline=labelled.round.guideline)
    assert list(shown.order_by("pk").values_list("belongs", flat=True)) == [True, True, False]


def test_a_category_has_a_guideline_of_its_own(labelled):
    take(labelled, demo_guidance.explain)

    written = Guideline.objects.get(category__path=sayings.KIDS_JACKET).versions.get()
    assert written.text == sayings.KIDS_JACKET_GUIDELINE_KO


def test_flags_and_skip_reasons_wait_for_curators(labelled):
    take(labelled, demo_rounds.remark, demo_rounds.remark)

    assert Flag.objects.filter(handled_at=None).count() == len(sayings.FLAGS)
    assert Skip.objects.exclude(reason="").count() == len(sayings.SKIPS)


def test_nobody_holds_what_was_flagged(labelled):
    take(labelled, demo_rounds.remark)

    assert not labelled.round.assignments.filter(annotator__isnull=False, answered_at=None).exists()


def test_in_a_round_with_suggestions_some_are_taken(labelled):
    version = predicted(labelled)

    demo_rounds.assist(labelled, version)

    round = Round.objects.get(name=demo_rounds.ASSISTED)
    [first] = acceptance.by_rank(round)
    assert round.state == Round.State.OPEN
    assert 0 < first.taken < first.offered


def test_the_annotator_has_practised_in_a_round_that_is_closed(labelled):
    version = predicted(labelled)

    demo_rounds.practise(labelled, version)
    demo_rounds.practise(labelled, version)

    annotator = User.objects.get(username="annotator")
    assert Round.objects.get(name=demo_rounds.PRACTICE).state == Round.State.CLOSED
    assert Annotation.objects.filter(annotator=annotator, is_assisted=True).exists()


def test_what_both_reviewers_accept_becomes_checks_of_the_large_round(labelled):
    version = predicted(labelled)

    demo_checks.judge_twice(labelled, version)
    demo_checks.judge_twice(labelled, version)

    assert HiddenCheck.objects.exists()
    assert labelled.round.check_share == demo_checks.SHARE
