import pytest
from django.db import connection

from labelhub.catalog.models import Sample
from labelhub.jobs.models import Job
from labelhub.jobs.services import jobs
from labelhub.labelling.models import Assignment, Round
from labelhub.labelling.services import drawing, rounds
from tests.factories import NOW, ConsensusFactory, RoundFactory, SampleFactory, UserFactory

pytestmark = pytest.mark.django_db


def create(name: str = "first", samples=None, **terms) -> Round:
    return rounds.create(
        name=name,
        samples=Sample.objects.all() if samples is None else samples,
        terms=rounds.Terms(**terms),
        seed=7,
        by=None,
        now=NOW,
    )


def places(round: Round) -> list[tuple[str, int]]:
    return list(
        round.assignments.order_by("position").values_list("sample__product_id", "position")
    )


def test_a_round_draws_one_assignment_a_sample_and_annotator():
    SampleFactory.create_batch(3)

    round = create(overlap=2)

    assert round.assignments.count() == 6
    assert round.assignments.values("sample").distinct().count() == 3


def test_the_order_is_random_but_the_same_for_the_same_seed():
    for number in range(20):
        SampleFactory(product_id=f"{number:02}")

    first, second = create("first"), create("second")

    assert places(first) == places(second)
    assert [product for product, _ in places(first)] != [f"{n:02}" for n in range(20)]


def test_the_planner_is_told_of_a_large_round(monkeypatch):
    monkeypatch.setattr(rounds, "MANY", 3)
    SampleFactory.create_batch(3)

    round = create()

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT most_common_vals::text FROM pg_stats"
            " WHERE tablename = 'labelling_assignment' AND attname = 'round_id'"
        )
        assert cursor.fetchone() == (f"{{{round.pk}}}",)


def test_copies_of_a_sample_have_places_of_their_own():
    SampleFactory()

    round = create(overlap=3)

    assert len(set(round.assignments.values_list("position", flat=True))) == 3


def test_samples_are_added_to_a_round_once():
    SampleFactory.create_batch(2)
    round = create()
    new = SampleFactory()

    assert rounds.add(round=round, samples=Sample.objects.all(), by=None) == 1
    assert rounds.add(round=round, samples=Sample.objects.all(), by=None) == 0
    assert round.assignments.filter(sample=new).count() == 1


def test_a_name_is_used_once():
    SampleFactory()
    create("autumn")

    with pytest.raises(rounds.NameTaken):
        create("autumn")


def test_a_round_without_samples_is_refused_and_not_kept():
    with pytest.raises(rounds.NothingDrawn):
        create()

    assert not Round.objects.exists()


def test_an_empty_list_of_products_draws_nothing():
    SampleFactory()

    with pytest.raises(rounds.NothingDrawn):
        create(samples=Sample.objects.filter(product_id__in=[]))


def test_a_round_of_given_categories_draws_nothing():
    SampleFactory()

    create(source="given")

    assert not Assignment.objects.exists()


def test_product_ids_with_percent_signs_and_quotes_are_found():
    SampleFactory(product_id="50%'s")

    assert create(samples=Sample.objects.filter(product_id__in=["50%'s"])).assignments.count() == 1


def test_a_random_draw_has_the_number_asked_for_and_follows_its_seed():
    SampleFactory.create_batch(30)

    first = drawing.at_random(Sample.objects.all(), number=10, seed=1)
    again = drawing.at_random(Sample.objects.all(), number=10, seed=1)
    other = drawing.at_random(Sample.objects.all(), number=10, seed=2)

    assert len(first) == 10
    assert list(first) == list(again) != list(other)
    assert create(samples=first).assignments.count() == 10


def test_closing_a_round_settles_what_it_no_longer_waits_for(curator):
    round = RoundFactory()

    rounds.close(round=round, by=curator, now=NOW)

    round.refresh_from_db()
    assert round.state == Round.State.CLOSED
    assert Job.objects.get().kind == "settle_consensus"


def test_closing_settles_again_although_a_job_is_under_way(curator):
    round = RoundFactory()
    under_way = jobs.enqueue("settle_consensus", by=None, key="nightly")
    Job.objects.update(state=Job.State.RUNNING, lease_expires_at=NOW)

    rounds.close(round=round, by=curator, now=NOW)

    assert Job.objects.exclude(pk=under_way.pk).get().params == {"source": "people"}


def test_a_label_waits_for_the_answers_of_a_new_round():
    ConsensusFactory()

    create()

    assert Job.objects.get().kind == "settle_consensus"


def test_a_round_of_samples_without_a_label_settles_nothing():
    SampleFactory()

    create()

    assert not Job.objects.exists()


def test_a_closed_round_cannot_be_paused(curator):
    round = RoundFactory(state=Round.State.CLOSED)

    with pytest.raises(rounds.CannotChange):
        rounds.pause(round=round, by=curator, now=NOW)


def test_a_paused_round_is_reopened(curator):
    round = RoundFactory(state=Round.State.PAUSED)

    rounds.reopen(round=round, by=curator, now=NOW)

    round.refresh_from_db()
    assert round.state == Round.State.OPEN


def test_a_closed_round_knows_since_when(curator):
    round = RoundFactory()

    rounds.close(round=round, by=curator, now=NOW)
    round.refresh_from_db()
    assert round.closed_at == NOW

    rounds.reopen(round=round, by=curator, now=NOW)
    round.refresh_from_db()
    assert round.closed_at is None


def test_members_decide_who_may_label(annotator):
    round = RoundFactory(is_for_everyone=False)
    assert not Round.objects.open_to(annotator).exists()

    round.members.add(annotator)

    assert Round.objects.open_to(annotator).get() == round
    assert not Round.objects.open_to(UserFactory()).exists()


def test_samples_of_a_round_of_everything_were_certain_to_be_in_it():
    SampleFactory()

    round = create()

    assert (round.plan, round.assignments.get().inclusion_probability) == ("everything", 1.0)


def test_samples_added_to_a_random_round_have_no_chance():
    SampleFactory()
    round = RoundFactory(plan=Round.Plan.RANDOM)

    rounds.add(round=round, samples=Sample.objects.all(), by=None)

    assert round.assignments.get().inclusion_probability is None


def test_an_assisted_round_asks_for_suggestions():
    SampleFactory()

    round = create(is_blind=False)

    job = Job.objects.get()
    assert (job.kind, job.params) == ("suggest", {"round_id": round.pk})
