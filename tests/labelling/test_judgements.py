import pytest
from django.db import connection

from labelhub.catalog.models import Category
from labelhub.labelling.models import Consensus, Judgement
from labelhub.labelling.services import consensus, judgements
from labelhub.labelling.services.effective import EFFECTIVE_JUDGEMENTS
from tests.factories import (
    NOW,
    AnnotationFactory,
    CategoryFactory,
    JudgementFactory,
    RoundFactory,
    SampleFactory,
)

pytestmark = pytest.mark.django_db


def effective() -> dict[str, bool]:
    with connection.cursor() as cursor:
        cursor.execute(EFFECTIVE_JUDGEMENTS)
        rows = cursor.fetchall()
    paths = dict(Category.objects.values_list("pk", "path"))
    return {paths[category_id]: is_acceptable for _sample, category_id, is_acceptable in rows}


def test_a_verdict_is_kept_for_each_category_with_the_pair_shown(curator):
    sample, bag, shoe = SampleFactory(), CategoryFactory(), CategoryFactory()

    judgements.judge(
        sample=sample,
        verdicts={bag.pk: True, shoe.pk: False},
        reviewer=curator,
        pair_shown=[shoe.pk, bag.pk],
        is_unblinded=True,
        now=NOW,
    )

    kept = Judgement.objects.get(category=bag)
    assert kept.is_acceptable
    assert kept.is_unblinded
    assert kept.pair_shown == [shoe.pk, bag.pk]
    assert not Judgement.objects.get(category=shoe).is_acceptable


def test_a_changed_verdict_supersedes_and_keeps_the_first(curator):
    first = JudgementFactory(reviewer=curator, is_acceptable=True)

    judgements.judge(
        sample=first.sample, verdicts={first.category_id: False}, reviewer=curator, now=NOW
    )

    first.refresh_from_db()
    assert first.superseded_at == NOW
    assert not Judgement.objects.current().get().is_acceptable


def test_nobody_reviews_a_sample_they_labelled(curator):
    own = AnnotationFactory(annotator=curator)

    with pytest.raises(judgements.OwnSample):
        judgements.judge(
            sample=own.sample, verdicts={own.category_id: True}, reviewer=curator, now=NOW
        )


def test_undo_takes_back_what_the_reviewer_said_of_the_sample(curator):
    said = JudgementFactory(reviewer=curator)
    elsewhere = JudgementFactory(reviewer=curator)
    by_another = JudgementFactory(sample=said.sample)

    judgements.undo(sample=said.sample, reviewer=curator, now=NOW)

    assert set(Judgement.objects.current()) == {elsewhere, by_another}


def test_undo_without_a_judgement_is_refused(curator):
    with pytest.raises(judgements.NothingToTakeBack):
        judgements.undo(sample=SampleFactory(), reviewer=curator, now=NOW)


def test_the_majority_of_reviewers_is_effective():
    sample, bag = SampleFactory(), CategoryFactory(path="bag")
    for is_acceptable in (True, True, False):
        JudgementFactory(sample=sample, category=bag, is_acceptable=is_acceptable)

    assert effective() == {"bag": True}


def test_reviewers_who_balance_leave_the_label_open():
    sample, bag = SampleFactory(), CategoryFactory(path="bag")
    for is_acceptable in (True, False):
        JudgementFactory(sample=sample, category=bag, is_acceptable=is_acceptable)

    assert effective() == {}


def test_a_superseded_judgement_has_no_effect():
    JudgementFactory(superseded_at=NOW)

    assert effective() == {}


def test_judging_one_side_of_a_tie_settles_it_and_undo_opens_it_again(curator):
    sample, round = SampleFactory(), RoundFactory()
    bag = AnnotationFactory(sample=sample, round=round).category
    AnnotationFactory(sample=sample, round=round)
    consensus.settle(source="people", now=NOW)

    judgements.judge(sample=sample, verdicts={bag.pk: True}, reviewer=curator, now=NOW)
    assert Consensus.objects.get().category == bag

    judgements.undo(sample=sample, reviewer=curator, now=NOW)
    assert Consensus.objects.get().state == Consensus.State.TIED
