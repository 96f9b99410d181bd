"""Making reports: what they hold, and that nothing changes them."""

from __future__ import annotations

import pytest
from django.db import InternalError, transaction

from analysis.models import Report
from analysis.services import reports
from labelhub.accounts.models import AuditEntry
from labelhub.labelling.models import Source
from tests.analysis.test_verdicts import labelled
from tests.factories import (
    NOW,
    AnnotationFactory,
    CategoryFactory,
    JudgementFactory,
    ModelVersionFactory,
    PredictionFactory,
)

pytestmark = pytest.mark.django_db

JUDGED = {"a>b": True, "a>c": False}


def freeze(*versions, **changed) -> Report:
    asked = {"title": "January", "level": None, "source": Source.PEOPLE, "by": None, "now": NOW}
    return reports.freeze(versions=versions, **{**asked, **changed})


@pytest.fixture
def version():
    """A version that is right on three samples of four."""
    made = ModelVersionFactory(name="v1")
    for _ in range(3):
        labelled(made, "a>b", "a>b")
    labelled(made, "a>b", "a>c", JUDGED)
    return made


def test_a_report_keeps_accuracy_before_and_after_review(version):
    content = freeze(version).content

    [step] = content["steps"]
    assert (step["before"]["value"], step["after"]["value"]) == (0.75, 0.75)
    assert content["people"]["labels"]["value"] == 1.0  # same 3 + human 1 of 4


def test_a_report_says_the_same_after_new_judgements(version):
    report = freeze(version)

    labelled(version, "a>b", "a>d")

    assert Report.objects.get(pk=report.pk).content["totals"]["total"] == 4


def test_one_person_counts_answers_that_equal_the_label_or_were_judged_acceptable(version):
    sample = labelled(version, "a>b", "a>b")
    for path in ("a>b", "a>x"):
        AnnotationFactory(sample=sample, category=CategoryFactory(path=path))
    JudgementFactory(sample=sample, category=CategoryFactory(path="a>x"))

    one_person = freeze(version).content["people"]["one_person"]

    assert (one_person["part"], one_person["whole"]) == (2, 2)


def test_levels_are_counted_from_the_root(version):
    levels = freeze(version).content["levels"]

    assert [(line["level"], line["after"]["value"]) for line in levels] == [(1, 1.0), (2, 0.75)]


def test_the_worst_category_is_surely_bad_not_just_unlucky(version):
    for _ in range(20):
        labelled(version, "often>wrong", "a>b")
    labelled(version, "once>wrong", "a>b")

    worst = freeze(version).content["worst"]

    assert [row["category_path"] for row in worst] == ["often>wrong", "once>wrong", "a>b"]


def test_the_ladder_shows_the_change_on_the_same_samples(version):
    newer = ModelVersionFactory(name="v2")
    for prediction in version.predictions.all():
        PredictionFactory(
            version=newer, sample=prediction.sample, category=CategoryFactory(path="a>b")
        )

    first, second = freeze(newer, version).content["steps"]

    assert (first["version"], second["version"]) == ("v1", "v2")
    assert (second["change"], second["continues"]) == (0.25, True)  # one of four gained


def test_the_ladder_breaks_where_samples_differ(version):
    newer = ModelVersionFactory(name="v2")
    labelled(newer, "a>b", "a>b")

    assert freeze(version, newer).content["steps"][1]["continues"] is False


def test_a_report_needs_something_to_count():
    with pytest.raises(reports.NothingToReport):
        freeze(ModelVersionFactory())


def test_a_report_needs_a_version():
    with pytest.raises(reports.NothingToReport):
        freeze()


def test_a_successor_says_why(version):
    with pytest.raises(reports.ReasonMissing):
        freeze(version, replaces=freeze(version), reason=" ")


def test_a_report_has_one_successor(version):
    report = freeze(version)
    freeze(version, replaces=report, reason="a typing error")

    with pytest.raises(reports.AlreadyReplaced):
        freeze(version, replaces=report, reason="another")


def test_the_database_refuses_to_change_or_delete_a_report(version):
    report = freeze(version)

    for change in (lambda found: found.update(title="better"), lambda found: found.delete()):
        with pytest.raises(InternalError, match="frozen"), transaction.atomic():
            change(Report.objects.filter(pk=report.pk))


def test_making_and_replacing_leave_rows_in_the_audit_trail(version, curator):
    report = freeze(version, by=curator)
    freeze(version, by=curator, replaces=report, reason="a typing error")

    verbs = AuditEntry.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["made a report", "replaced a report"]
