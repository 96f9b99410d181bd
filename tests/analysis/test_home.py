"""The home page: what waits for each role."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from analysis.services import waiting
from labelhub.accounts.models import User
from labelhub.accounts.roles import Role
from labelhub.labelling.models import Flag, Round
from tests.analysis.test_verdicts import labelled
from tests.factories import (
    NOW,
    AnnotationFactory,
    AssignmentFactory,
    CheckShowingFactory,
    ExclusionRuleFactory,
    JobFactory,
    ListVersionFactory,
    ModelVersionFactory,
    RoundFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

ENGLISH = {"accept-language": "en"}


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("role", list(Role))
def test_everybody_has_a_home_even_when_nothing_is_there(as_role, role):
    assert as_role(role).get("/").status_code == 200


def test_visitors_log_in_first(client):
    assert client.get("/").status_code == 302


def test_an_empty_installation_shows_curators_the_first_steps(as_role):
    text = as_role(Role.CURATOR).get("/", headers=ENGLISH).text

    assert "Import the category tree" in text
    assert "/imports/" in text


def test_annotators_see_open_rounds_with_progress(annotator):
    round = RoundFactory(name="first round")
    AssignmentFactory(round=round)

    text = as_user(annotator).get("/", headers=ENGLISH).text

    assert "first round" in text
    assert "0 / 1" in text


def test_a_round_that_wants_no_more_answers_does_not_wait(annotator):
    AnnotationFactory()

    assert waiting.open_rounds(annotator=annotator, now=NOW) == []


def test_pace_counts_the_answers_of_the_last_hour(annotator):
    round = RoundFactory()
    AssignmentFactory(round=round)
    for minutes in (10, 59, 61):
        AnnotationFactory(
            round=round, annotator=annotator, answered_at=NOW - timedelta(minutes=minutes)
        )

    [found] = waiting.open_rounds(annotator=annotator, now=NOW)

    assert (found.mine, found.pace) == (3, 2)
    assert (found.progress.done, found.progress.total) == (3, 4)


def test_more_open_rounds_take_no_more_statements(annotator, django_assert_num_queries):
    AssignmentFactory(round=RoundFactory())
    with CaptureQueriesContext(connection) as of_one:
        waiting.open_rounds(annotator=annotator, now=NOW)
    AssignmentFactory(round=RoundFactory())
    AssignmentFactory(round=RoundFactory())

    with django_assert_num_queries(len(of_one)):
        assert len(waiting.open_rounds(annotator=annotator, now=NOW)) == 3


def test_curators_see_how_many_flags_and_skip_reasons_wait(as_role):
    Flag.objects.create(
        assignment=AssignmentFactory(), annotator=UserFactory(), kind="tree", flagged_at=NOW
    )

    text = as_role(Role.CURATOR).get("/", headers=ENGLISH).text

    assert "1 flag or skip reason waits" in text


def test_rounds_of_others_do_not_wait(annotator):
    round = RoundFactory(is_for_everyone=False)
    AssignmentFactory(round=round)

    assert waiting.open_rounds(annotator=annotator, now=NOW) == []
    assert Round.objects.count() == 1


def test_readers_see_how_good_people_and_model_are(as_role):
    version = ModelVersionFactory()
    labelled(version, "a>b", "a>b")
    labelled(version, "a>b", "a>c")

    text = as_role(Role.PM).get("/", headers=ENGLISH).text

    assert "50.0%" in text
    assert "Distance from the target of 94%" in text
    assert "−44.0" in text


def test_annotators_see_no_figures_of_the_model(as_role):
    labelled(ModelVersionFactory(), "a>b", "a>b")

    assert "Distance from the target" not in as_role(Role.ANNOTATOR).get("/", headers=ENGLISH).text


def test_rules_wait_until_a_version_was_trained_with_them():
    first, second = ListVersionFactory(number=1), ListVersionFactory(number=2)
    ExclusionRuleFactory(added_in=first)
    ExclusionRuleFactory(added_in=first, removed_in=second)

    state = waiting.list_state()

    assert (state.number, state.trained, state.added, state.removed) == (2, 0, 1, 0)
    assert state.is_ahead


def test_people_see_only_the_jobs_that_they_may(annotator, as_role):
    mine = JobFactory(asked_by=annotator, created_at=timezone.now())
    other = JobFactory(created_at=timezone.now())

    assert waiting.unfinished_jobs(asked_by=annotator) == [mine]
    assert set(waiting.unfinished_jobs(asked_by=None)) == {mine, other}


def test_curators_see_how_many_contested_checks_they_may_decide(curator):
    CheckShowingFactory(check_shown__retired_at=NOW, contested_at=NOW, contest="the size")

    page = as_user(curator).get("/")

    assert page.context["contests"] == 1
    assert 'href="/checks/#contested-title"' in page.content.decode()
