"""Making reports: what they hold, and that nothing changes them."""

from __future__ import annotations

from threading import Thread

import pytest
from django.db import InternalError, connection, transaction

from analysis import tasks
from analysis.models import Report
from analysis.services import report_content, reports
from labelhub.accounts.models import AuditEntry
from labelhub.jobs.models import Job
from labelhub.jobs.services import carrying
from labelhub.labelling.models import Source
from mlcore.progress import Cancelled
from tests.analysis.test_verdicts import judge, labelled
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


def order(*versions, **more) -> reports.Order:
    asked = {"title": "January", "source": Source.PEOPLE, **more}
    return reports.Order(versions=reports.oldest_first(versions), **asked)


def freeze(*versions, by=None, **more) -> Report:
    return reports.freeze(order=order(*versions, **more), by=by, now=NOW)


def carried(job: Job) -> Job:
    carrying.carry_out(job.pk)
    job.refresh_from_db()
    return job


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


def test_a_report_needs_something_to_count(curator):
    with pytest.raises(reports.NothingToReport):
        reports.request(order=order(ModelVersionFactory()), by=curator)


def test_a_report_needs_a_version(curator):
    with pytest.raises(reports.NothingToReport):
        reports.request(order=order(), by=curator)


def test_a_successor_says_why(version, curator):
    wanted = order(version, replaces=freeze(version), reason=" ")

    with pytest.raises(reports.ReasonMissing):
        reports.request(order=wanted, by=curator)


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


# A worker makes the reports that people ask for.


def test_a_worker_makes_the_report_that_was_asked_for(version, curator):
    former = freeze(version)
    wanted = order(version, title="May", level=1, replaces=former, reason="a typing error")

    job = carried(reports.request(order=wanted, by=curator))

    made = former.successor
    assert (job.state, job.result) == ("done", {"report": made.pk})
    assert (made.title, made.by, made.reason) == ("May", curator, "a typing error")
    assert made.content["level"] == 1


def test_a_report_that_another_request_has_replaced_meanwhile_fails_with_the_reason(
    version, curator
):
    former = freeze(version)
    job = reports.request(order=order(version, replaces=former, reason="one"), by=curator)
    freeze(version, replaces=former, reason="another")

    carried(job)

    assert (job.state, Report.objects.count()) == ("failed", 2)
    assert job.error


def test_asking_twice_for_the_same_report_asks_once(version, curator):
    first = reports.request(order=order(version), by=curator)

    assert reports.request(order=order(version), by=curator) == first


def test_another_report_of_the_same_title_waits_for_a_title_of_its_own(version, curator):
    reports.request(order=order(version), by=curator)

    with pytest.raises(reports.TitleInUse):
        reports.request(order=order(version, level=1), by=curator)


def test_a_report_that_is_cancelled_while_it_is_computed_is_not_kept(version, curator, monkeypatch):
    running = carrying.take(reports.request(order=order(version), by=curator).pk)
    build = report_content.build

    def cancelled_meanwhile(**asked):
        running._cancel_seen.set()
        return build(**asked)

    monkeypatch.setattr(report_content, "build", cancelled_meanwhile)

    with pytest.raises(Cancelled):
        reports.carry_out(order=order(version), by=curator, now=NOW, job=running)
    assert not Report.objects.exists()


def test_a_worker_that_was_killed_after_the_report_makes_no_second_one(version, curator):
    job = reports.request(order=order(version), by=curator)
    first = carrying.take(job.pk)
    tasks.make_report(first, **job.params)
    Job.objects.filter(pk=job.pk).update(lease_expires_at=NOW)  # long ago

    carried(job)

    assert job.state == "done"
    assert Report.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_all_figures_of_a_report_are_of_one_moment(version, curator, monkeypatch):
    open_one = labelled(version, "a>b", "a>d")
    counted = report_content.compare

    def meanwhile() -> None:
        judge(open_one, "a>b", True)
        judge(open_one, "a>d", True)
        connection.close()

    def compare(scope, *, now):
        found = counted(scope, now=now)
        somebody = Thread(target=meanwhile)
        somebody.start()
        somebody.join()
        return found

    monkeypatch.setattr(report_content, "compare", compare)

    carried(reports.request(order=order(version), by=curator))

    content = Report.objects.get().content
    assert content["levels"][-1]["after"] == content["steps"][0]["after"]
