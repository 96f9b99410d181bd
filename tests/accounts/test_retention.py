"""What is known about people ends when the notice says."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.sessions.models import Session

from labelhub.accounts.models import AuditEntry, User
from labelhub.accounts.services import people, retention
from tests.factories import NOW, UserFactory

pytestmark = pytest.mark.django_db

YEAR = timedelta(days=365)


def attempt(table, at):
    made = table.objects.create(
        username="lee", ip_address="203.0.113.9", path_info="/", **more(table)
    )
    table.objects.filter(pk=made.pk).update(attempt_time=at)
    return made


def more(table):
    return {"failures_since_start": 1} if table is AccessAttempt else {}


@pytest.mark.parametrize("table", [AccessAttempt, AccessLog])
def test_old_attempts_to_log_in_are_deleted_and_younger_ones_stay(table):
    attempt(table, NOW - timedelta(days=91))
    if table is AccessLog:
        attempt(table, NOW - timedelta(days=89))

    count = retention.forget_logins(older_than=timedelta(days=90), now=NOW)

    assert count == 1
    assert table.objects.count() == (1 if table is AccessLog else 0)


def test_sessions_that_ended_are_deleted():
    Session.objects.create(session_key="old", session_data="", expire_date=NOW - timedelta(1))
    Session.objects.create(session_key="new", session_data="", expire_date=NOW + timedelta(1))

    retention.forget_logins(older_than=timedelta(days=90), now=NOW)

    assert [each.session_key for each in Session.objects.all()] == ["new"]


def test_the_name_of_somebody_who_left_a_year_ago_becomes_the_pseudonym(admin):
    person = UserFactory(username="lee", display_name="이", last_login=NOW)
    people.deactivate(person=person, by=admin, now=NOW - YEAR - timedelta(days=1))

    assert retention.forget_names(older_than=YEAR, now=NOW) == 1

    person.refresh_from_db()
    assert (person.username, person.display_name) == (person.pseudonym, "")
    assert person.last_login is None
    assert person.name_forgotten_at == NOW
    assert AuditEntry.objects.filter(verb="forgot a name", by=None).count() == 1


def test_it_happens_once(admin):
    person = UserFactory()
    people.deactivate(person=person, by=admin, now=NOW - YEAR - timedelta(days=1))
    retention.forget_names(older_than=YEAR, now=NOW)

    assert retention.forget_names(older_than=YEAR, now=NOW) == 0


def test_who_left_lately_or_works_here_keeps_the_name(admin):
    left, here = UserFactory(username="left"), UserFactory(username="here")
    people.deactivate(person=left, by=admin, now=NOW - timedelta(days=30))

    retention.forget_names(older_than=YEAR, now=NOW)

    names = User.objects.filter(pk__in=[left.pk, here.pk]).values_list("username", flat=True)
    assert set(names) == {"left", "here"}


def test_who_came_back_keeps_the_name(admin):
    person = UserFactory(username="lee")
    people.deactivate(person=person, by=admin, now=NOW - 2 * YEAR)
    people.activate(person=person, by=admin, now=NOW - YEAR)

    assert retention.forget_names(older_than=YEAR, now=NOW) == 0


def test_who_was_forgotten_cannot_be_activated(admin):
    person = UserFactory()
    people.deactivate(person=person, by=admin, now=NOW - 2 * YEAR)
    retention.forget_names(older_than=YEAR, now=NOW)
    person.refresh_from_db()

    with pytest.raises(people.Forgotten):
        people.activate(person=person, by=admin, now=NOW)
