"""The trail grows and never changes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from labelhub.accounts.models import AuditEntry
from labelhub.accounts.roles import Role
from labelhub.accounts.services import audit
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
AUDIT = reverse("accounts:audit")


def test_an_entry_names_its_row(admin):
    person = UserFactory()

    entry = audit.record(by=admin, verb="changed a person", target=person, now=NOW)

    assert (entry.target_type, entry.target_id) == ("user", str(person.pk))


def test_an_entry_may_name_something_that_is_not_a_row(admin):
    entry = audit.record(by=admin, verb="exported people", target="comparison", now=NOW)

    assert (entry.target_type, entry.target_id) == ("comparison", "")


def test_the_database_refuses_to_change_an_entry(admin):
    entry = audit.record(by=admin, verb="exported people", now=NOW)

    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).update(verb="nothing happened")


def test_the_database_refuses_to_delete_an_entry(admin):
    entry = audit.record(by=admin, verb="exported people", now=NOW)

    with pytest.raises(DatabaseError), transaction.atomic():
        entry.delete()


def test_the_page_shows_before_and_after(as_role, admin):
    audit.record(
        by=admin, verb="changed a person", details={"role": ["annotator", "curator"]}, now=NOW
    )

    assert "annotator → curator" in as_role(Role.ADMIN).get(AUDIT).content.decode()


def test_the_page_filters_by_day_in_the_zone_of_the_installation(as_role, admin):
    late = datetime(2026, 1, 5, 15, 30, tzinfo=UTC)  # the 6th, half past midnight in Seoul
    audit.record(by=admin, verb="exported people", target="late", now=late)

    client = as_role(Role.ADMIN)

    assert "late" in client.get(AUDIT, {"since": "2026-01-06"}).content.decode()
    assert "late" not in client.get(AUDIT, {"until": "2026-01-05"}).content.decode()


def test_the_page_takes_the_last_day_of_the_calendar(as_role):
    assert as_role(Role.ADMIN).get(AUDIT, {"until": "9999-12-31"}).status_code == 200


def test_what_a_person_typed_is_shown_as_text(as_role, admin):
    audit.record(by=admin, verb="x", details={"name": "<script>alert(1)</script>"}, now=NOW)

    assert "<script>alert" not in as_role(Role.ADMIN).get(AUDIT).content.decode()


def test_an_export_of_the_trail_is_in_the_trail(as_role):
    response = as_role(Role.ADMIN).get(AUDIT, {"format": "csv"})
    b"".join(response)

    assert AuditEntry.objects.filter(verb="exported the audit trail").exists()
