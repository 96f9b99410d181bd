"""The pages of hidden checks: one's own, and the curators'."""

import pytest
from django.test import Client

from labelhub.accounts.models import User
from labelhub.labelling.models import CheckShowing, HiddenCheck, ReviewDraw
from labelhub.labelling.services import quality
from tests.factories import (
    NOW,
    AnnotationFactory,
    AssignmentFactory,
    CategoryFactory,
    CheckShowingFactory,
    ConsensusFactory,
    JudgementFactory,
    ReviewDrawFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

OWN, CURATORS = "/label/checks/", "/checks/"


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def missed(annotator: User, **more) -> CheckShowing:
    """Return a missed check that is over."""
    values = {"check_shown__retired_at": NOW, "check_shown__sample__name": "linen shirt"}
    return CheckShowingFactory(annotator=annotator, **{**values, **more})


def contested(annotator: User) -> CheckShowing:
    return missed(annotator, contested_at=NOW, contest="the size says so")


# One's own


def test_a_missed_check_shows_what_is_acceptable_once_it_is_over(annotator):
    missed(annotator, check_shown__category=CategoryFactory(path="women>shirt"))

    page = client_of(annotator).get(OWN).content.decode()

    assert "linen shirt" in page
    assert "women" in page


def test_a_check_that_is_still_shown_to_others_stays_hidden(annotator):
    missed(annotator, check_shown__retired_at=None)

    page = client_of(annotator).get(OWN)

    assert "linen shirt" not in page.content.decode()
    assert page.context["own"].answered == 0


def test_a_check_of_a_closed_round_is_over(annotator):
    missed(annotator, check_shown__retired_at=None, round__state="closed")

    assert "linen shirt" in client_of(annotator).get(OWN).content.decode()


def test_nobody_elses_checks_are_shown(annotator):
    missed(UserFactory())

    page = client_of(annotator).get(OWN)

    assert "linen shirt" not in page.content.decode()
    assert page.context["own"].answered == 0


def test_no_address_asks_for_somebody_elses_checks(annotator):
    other = missed(UserFactory())

    asked = {"annotator": other.annotator_id, "user": other.annotator_id}
    page = client_of(annotator).get(OWN, asked)

    assert "linen shirt" not in page.content.decode()


def test_the_page_says_how_many_checks_are_missing_until_others_see_the_share(annotator):
    missed(annotator)

    assert "until 49 more checks are over" in client_of(annotator).get(OWN).content.decode()


def test_a_missed_check_is_contested_on_the_page(annotator):
    showing = missed(annotator)

    answer = client_of(annotator).post(f"{OWN}{showing.pk}/contest/", {"reason": "look again"})

    assert answer.url == OWN
    showing.refresh_from_db()
    assert showing.contest == "look again"


def test_a_contest_without_a_reason_is_refused(annotator):
    showing = missed(annotator)

    page = client_of(annotator).post(f"{OWN}{showing.pk}/contest/", {}, follow=True)

    assert "Say why your answer is acceptable" in page.content.decode()
    showing.refresh_from_db()
    assert showing.contested_at is None


def test_nobody_contests_a_check_of_somebody_else(annotator):
    showing = missed(UserFactory())

    answer = client_of(annotator).post(f"{OWN}{showing.pk}/contest/", {"reason": "mine"})

    assert answer.status_code == 404


def test_the_decision_is_read_where_it_was_asked_for(annotator, curator):
    missed(
        annotator,
        contested_at=NOW,
        contest="look again",
        decided_at=NOW,
        decided_by=curator,
        is_upheld=False,
        decision="sizes above 40 are women's",
    )

    assert "sizes above 40" in client_of(annotator).get(OWN).content.decode()


@pytest.mark.parametrize("path", [OWN, f"{OWN}1/contest/"])
def test_a_product_manager_has_no_checks(as_role, path):
    client = as_role("pm")

    answer = client.get(path) if path == OWN else client.post(path)

    assert answer.status_code == 403


# The curators'


def test_curators_see_what_is_drawn_and_in_use(as_role):
    JudgementFactory.create_batch(2, sample=ReviewDrawFactory().sample)
    missed(UserFactory(), check_shown__retired_at=None)

    context = as_role("curator").get(CURATORS).context

    assert (context["drawn"].total, context["drawn"].judged, context["in_use"]) == (2, 2, 1)


def test_a_curator_draws_samples(as_role):
    sample = AssignmentFactory().sample
    ConsensusFactory(sample=sample)

    page = as_role("curator").post(f"{CURATORS}draw/", {"number": 5}, follow=True)

    assert "1 sample was drawn" in page.content.decode()
    assert ReviewDraw.objects.get().sample == sample


def test_a_draw_of_nothing_is_refused_with_the_reason(as_role):
    page = as_role("curator").post(f"{CURATORS}draw/", {"number": 5}, follow=True)

    assert "No sample is left to draw" in page.content.decode()


@pytest.mark.parametrize("number", ["", "0", "many"])
def test_a_number_that_is_none_draws_nothing(as_role, number):
    ConsensusFactory(sample=AssignmentFactory().sample)

    as_role("curator").post(f"{CURATORS}draw/", {"number": number})

    assert not ReviewDraw.objects.exists()


def test_checks_are_made_at_once(as_role):
    JudgementFactory.create_batch(
        2, sample=ReviewDrawFactory().sample, category=CategoryFactory(path="bag")
    )

    page = as_role("curator").post(f"{CURATORS}make/", follow=True)

    assert "New checks: 1" in page.content.decode()
    assert HiddenCheck.objects.exists()


def test_a_contested_check_shows_the_answer_but_not_whose_it_is(curator):
    contested(UserFactory(display_name="Kim Minji", username="minji"))

    page = client_of(curator).get(CURATORS).content.decode()
    queue = page.split('id="contested-title"')[1].split('id="quality-title"')[0]

    assert "linen shirt" in queue
    assert "the size says so" in queue
    assert "inji" not in queue


def test_whoever_judged_the_product_neither_sees_nor_decides_the_contest():
    showing = contested(UserFactory())
    reviewer = showing.check_shown.sample.judgements.first().reviewer
    client = client_of(reviewer)

    assert "the size says so" not in client.get(CURATORS).content.decode()

    client.post(f"{CURATORS}{showing.pk}/decide/", {"decision": "uphold"})

    showing.refresh_from_db()
    assert showing.decided_at is None


@pytest.mark.parametrize(("decision", "is_upheld"), [("uphold", True), ("refuse", False)])
def test_a_curator_decides(curator, decision, is_upheld):
    showing = contested(UserFactory())
    said = {"decision": decision, "reason": "as the label says"}

    client_of(curator).post(f"{CURATORS}{showing.pk}/decide/", said)

    showing.refresh_from_db()
    assert (showing.is_upheld, showing.decision) == (is_upheld, "as the label says")


def test_a_form_that_decides_nothing_is_not_understood(curator):
    showing = contested(UserFactory())

    answer = client_of(curator).post(f"{CURATORS}{showing.pk}/decide/", {"reason": "as it is"})

    assert answer.status_code == 400


def test_what_is_not_contested_is_not_decided(curator):
    showing = missed(UserFactory())

    answer = client_of(curator).post(f"{CURATORS}{showing.pk}/decide/", {"decision": "uphold"})

    assert answer.status_code == 404


@pytest.mark.parametrize("role", ["annotator", "pm"])
@pytest.mark.parametrize("path", ["", "draw/", "make/", "1/decide/"])
def test_the_page_of_checks_is_for_curators(as_role, role, path):
    client = as_role(role)

    answer = client.post(f"{CURATORS}{path}") if path else client.get(CURATORS)

    assert answer.status_code == 403


@pytest.mark.parametrize("path", [OWN, CURATORS])
def test_nobody_sees_checks_without_logging_in(path):
    assert Client().get(path).url.startswith("/accounts/login/")


# Others' quality


def test_fewer_than_fifty_checks_show_others_nothing(as_role, annotator):
    showing = missed(annotator, round__check_share=0.1)
    AnnotationFactory(annotator=annotator, round=showing.assignment.round)
    client = as_role("admin")

    for path in (CURATORS, f"/rounds/{showing.assignment.round_id}/"):
        page = client.get(path).content.decode()
        table = page.split('id="quality-title"')[1]
        assert annotator.shown_name in table
        assert "not enough checks" in table
        assert "%" not in table.split("<table")[1].split("</table>")[0]


def test_from_fifty_checks_on_others_see_the_share_with_its_interval(
    as_role, annotator, monkeypatch
):
    monkeypatch.setattr(quality, "ENOUGH", 2)
    missed(annotator)
    missed(annotator, is_right=True)

    page = as_role("curator").get(CURATORS).content.decode()

    # One of two: Wilson 9.5 to 90.5 %.
    assert "50.0%" in page
    assert "9.5–90.5 · 2" in page


@pytest.mark.parametrize("path", [OWN, CURATORS])
def test_a_page_costs_a_bounded_number_of_statements(path, django_assert_max_num_queries):
    admin = UserFactory(role="admin")
    for _ in range(5):
        missed(admin)
        contested(UserFactory())
    client = client_of(admin)

    with django_assert_max_num_queries(20):
        client.get(path)
