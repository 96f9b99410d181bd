from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from labelhub.accounts.models import AuditEntry
from labelhub.jobs.models import Job
from labelhub.registry.models import ModelVersion, Run
from labelhub.registry.services import promotion, versions
from labelhub.registry.services.promotion import Finding, GateResult, Outcome
from tests.factories import NOW, CorpusFactory, ModelVersionFactory

pytestmark = pytest.mark.django_db

FINDING = Finding("overall change", Outcome.FAILED, {"lower bound": -0.02, "samples": 90})
SHUT = GateResult(is_passed=False, findings=(FINDING,))


def trained(name: str, **values) -> ModelVersion:
    run = Run.objects.create(version_name=name, corpus=CorpusFactory(), seed=0, created_at=NOW)
    return ModelVersionFactory(name=name, origin="trained", run=run, folder=name, **values)


def passed() -> GateResult:
    """A gate held against whatever is live now."""
    live = ModelVersion.objects.filter(stage="live").first()
    return GateResult(is_passed=True, against_id=live.pk if live else None)


def promote(version, by, *, hours=0, gate=None, **values) -> ModelVersion:
    now, gate = NOW + timedelta(hours=hours), gate or passed()
    return promotion.promote(version=version, gate=gate, by=by, now=now, **values)


def stage(version: ModelVersion) -> str:
    version.refresh_from_db()
    return version.stage


def test_promoting_retires_the_version_that_was_live(curator):
    first, second = trained("v1"), trained("v2")
    promote(first, curator)

    promote(second, curator, hours=1)

    assert (stage(first), stage(second)) == ("retired", "live")


def test_a_version_that_goes_live_orders_the_queues(curator, admin):
    first, second = trained("v1"), trained("v2")

    promote(first, curator)
    promote(second, curator, hours=1)
    promotion.roll_back(by=admin, now=NOW + timedelta(hours=2), reason="worse")

    asked = Job.objects.filter(kind="prioritise").order_by("pk").values_list("params", flat=True)
    assert [each["version_id"] for each in asked] == [first.pk, second.pk, first.pk]


def test_imported_predictions_are_never_promoted(admin):
    with pytest.raises(promotion.NotPromotable, match="Imported"):
        promote(ModelVersionFactory(), admin)


def test_the_database_refuses_a_live_imported_version():
    with pytest.raises(IntegrityError), transaction.atomic():
        ModelVersionFactory(stage="live", promoted_at=NOW)


def test_the_database_refuses_two_live_versions():
    trained("v1", stage="live", promoted_at=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        trained("v2", stage="live", promoted_at=NOW)


def test_the_gate_holds_a_curator_back(curator):
    with pytest.raises(promotion.NotPromotable, match="gate"):
        promote(trained("v1"), curator, gate=SHUT, override_reason="I want it")


def test_an_admin_overrides_the_gate_with_a_reason(admin):
    version = trained("v1")

    promote(version, admin, gate=SHUT, override_reason="the shop asked for it")

    entry = AuditEntry.objects.get(verb="promoted a version")
    assert stage(version) == "live"
    assert entry.details["override_reason"] == "the shop asked for it"
    assert entry.details["gate"] == "overridden"
    assert entry.details["findings"] == ["overall change: failed (lower bound -0.0200, samples 90)"]


def test_an_admin_overrides_nothing_without_a_reason(admin):
    with pytest.raises(promotion.NotPromotable):
        promote(trained("v1"), admin, gate=SHUT, override_reason=" ")


def test_a_live_version_is_not_promoted_again(curator):
    version = promote(trained("v1"), curator)

    with pytest.raises(promotion.NotPromotable, match="live already"):
        promote(version, curator)


def test_a_gate_held_against_another_version_than_the_live_one_counts_no_more(curator):
    first, second, third = trained("v1"), trained("v2"), trained("v3")
    promote(first, curator)
    looked = passed()
    promote(second, curator, hours=1)

    with pytest.raises(promotion.NotPromotable, match="Somebody else"):
        promote(third, curator, hours=2, gate=looked)

    assert (stage(second), stage(third)) == ("live", "candidate")


def test_rolling_back_twice_goes_back_two_versions(admin):
    first, second, third = trained("v1"), trained("v2"), trained("v3")
    for hours, version in enumerate((first, second, third)):
        promote(version, admin, hours=hours)

    assert promotion.roll_back(by=admin, now=NOW, reason="worse on shirts") == second
    assert promotion.roll_back(by=admin, now=NOW, reason="worse on pans") == first
    assert (stage(third), stage(second), stage(first)) == ("retired", "retired", "live")


def test_there_is_nothing_before_the_first_live_version(admin):
    promote(trained("v1"), admin)

    with pytest.raises(promotion.NothingToRollBackTo):
        promotion.roll_back(by=admin, now=NOW, reason="worse")


def test_a_curator_does_not_roll_back(curator):
    with pytest.raises(promotion.NotPromotable, match="administrator"):
        promotion.roll_back(by=curator, now=NOW, reason="worse")


def test_the_live_version_is_meant_where_none_is_named(curator):
    live = promote(trained("v1"), curator)
    ModelVersionFactory(created_at=NOW + timedelta(days=1))

    assert versions.chosen(name=None) == live


def test_the_newest_version_is_meant_where_none_is_live():
    ModelVersionFactory()
    newest = ModelVersionFactory(created_at=NOW + timedelta(days=1))

    assert versions.chosen(name=None) == newest


def test_an_unknown_version_is_refused_by_name():
    with pytest.raises(versions.NoVersion, match="v9"):
        versions.chosen(name="v9")
