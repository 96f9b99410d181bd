import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from labelhub.accounts.models import AuditEntry
from labelhub.labelling.models import Flag, Guideline, GuidelineVersion, LateAnswer, Skip
from labelhub.labelling.services import history
from labelhub.labelling.services.history import Checks, Scope
from tests.factories import (
    NOW,
    AnnotationFactory,
    AssignmentFactory,
    CategoryFactory,
    RoundFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def events(**scope):
    export = history.events(scope=Scope(**scope))
    return [dict(zip(export.columns, row, strict=True)) for row in export.rows]


def test_an_answer_says_what_was_shown_and_by_which_guideline():
    shirt = CategoryFactory(path="의류>셔츠", code="7")
    guideline = Guideline.objects.create(name="의류 기준", created_at=NOW)
    version = GuidelineVersion.objects.create(guideline=guideline, number=3, created_at=NOW)
    answer = AnnotationFactory(
        category=shirt, is_assisted=True, suggestions=[[shirt.pk, 0.5]], fields_shown=["brand"],
        guideline_version=version, comment="목이 둥글다", assignment__inclusion_probability=0.25,
    )  # fmt: skip

    [event] = events()

    assert event == {
        "event": "answer",
        "round": answer.round.name,
        "product_id": answer.sample.product_id,
        "product_name": answer.sample.name,
        "category_id": "7",
        "category_path": "의류>셔츠",
        "is_undecidable": False,
        "annotator": answer.annotator.pseudonym,
        "at": NOW,
        "superseded_at": None,
        "is_assisted": True,
        "suggestions": [{"category_id": "7", "category_path": "의류>셔츠", "probability": 0.5}],
        "fields_shown": ["brand"],
        "guideline": "의류 기준",
        "guideline_version": 3,
        "comment": "목이 둥글다",
        "flag": "",
        "handled_at": None,
        "resolution": "",
        "inclusion_probability": 0.25,
    }


def test_everything_is_told_in_the_order_of_time():
    held = AssignmentFactory()
    who = {"assignment": held, "annotator": UserFactory()}
    hour = timedelta(hours=1)
    LateAnswer.objects.create(
        **who, is_undecidable=True, received_at=NOW + 3 * hour, key=uuid.uuid4()
    )  # fmt: skip
    Flag.objects.create(**who, kind="adult", comment="보세요", flagged_at=NOW + 2 * hour)
    Skip.objects.create(**who, reason="모름", skipped_at=NOW + hour)
    AnnotationFactory(superseded_at=NOW + hour, answered_at=NOW)

    found = events()

    assert [event["event"] for event in found] == ["answer", "skip", "flag", "late answer"]
    assert [event["comment"] for event in found] == ["", "모름", "보세요", ""]
    assert found[0]["superseded_at"] == NOW + hour
    assert found[2]["flag"] == "adult"


def test_a_late_answer_that_counts_by_now_is_told_once():
    answer = AnnotationFactory()
    LateAnswer.objects.create(
        assignment=answer.assignment, annotator=answer.annotator, category=answer.category,
        received_at=NOW, annotation=answer, key=uuid.uuid4(),
    )  # fmt: skip

    assert [event["event"] for event in events()] == ["answer"]


def test_a_round_or_a_person_can_be_chosen():
    mine, other = AnnotationFactory(), AnnotationFactory()

    of_round, of_person = events(round=mine.round), events(annotator=other.annotator)

    assert [event["product_id"] for event in of_round] == [mine.sample.product_id]
    assert [event["product_id"] for event in of_person] == [other.sample.product_id]


def test_answers_that_were_taken_back_can_be_left_out():
    AnnotationFactory(superseded_at=NOW)

    assert events(is_standing=True) == []


def test_days_are_those_of_the_office():
    # The 5th ends in Seoul at 15:00 UTC.
    for hour, minute in ((14, 59), (15, 0)):
        AnnotationFactory(answered_at=datetime(2026, 1, 5, hour, minute, tzinfo=UTC))

    up_to, from_on = events(last_day=date(2026, 1, 5)), events(first_day=date(2026, 1, 6))

    assert [event["at"].minute for event in up_to] == [59]
    assert [event["at"].minute for event in from_on] == [0]
    assert len(events(first_day=date.min, last_day=date.max)) == 2


def test_hidden_checks_are_left_out_unless_they_are_asked_for():
    AnnotationFactory(is_check=True, assignment__is_check=True)

    [marked] = events(checks=Checks.MARKED)

    assert events() == []
    assert marked["is_check"] is True


def test_a_person_s_own_record_holds_checks_and_nothing_that_tells_them():
    AnnotationFactory(is_check=True, assignment__is_check=True)
    AnnotationFactory(assignment__inclusion_probability=0.5)

    found = events(checks=Checks.UNMARKED)

    assert len(found) == 2
    assert not found[0].keys() & {"is_check", "inclusion_probability"}


def page(round):
    return reverse("labelling:round-export", args=[round.pk])


def test_the_page_offers_answers_and_history(as_role):
    round = RoundFactory()

    shown = as_role("curator").get(page(round)).content.decode()

    assert f"?of={round.pk}&amp;format=parquet" in shown
    assert 'name="first_day"' in shown
    assert 'name="checks"' not in shown


def test_the_history_is_streamed_with_an_audit_row(as_role):
    answer = AnnotationFactory()

    response = as_role("curator").get(page(answer.round), {"format": "jsonl"})

    assert answer.sample.product_id in b"".join(response.streaming_content).decode()
    assert response["Content-Disposition"] == 'attachment; filename="history.jsonl"'
    details = AuditEntry.objects.get(verb="exported").details
    assert details == {"about": answer.round.name, "format": "jsonl"}


def test_only_administrators_get_hidden_checks(as_role):
    answer = AnnotationFactory(is_check=True, assignment__is_check=True)
    asked = {"format": "csv", "checks": "on"}

    of_curator, of_admin = (
        b"".join(as_role(role).get(page(answer.round), asked).streaming_content).decode()
        for role in ("curator", "admin")
    )

    assert len(of_curator.splitlines()) == 1
    assert of_admin.splitlines()[1].endswith(",true")


@pytest.mark.parametrize(
    "asked",
    [
        {"format": "exe"},
        {"format": "csv", "first_day": "soon"},
        {"format": "csv", "first_day": "2026-01-02", "last_day": "2026-01-01"},
    ],
)
def test_a_choice_that_makes_no_sense_is_marked(as_role, asked):
    response = as_role("curator").get(page(RoundFactory()), asked)

    assert "errors" in response.content.decode()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("role", ["annotator", "pm"])
def test_others_may_not_export_a_round(as_role, role):
    assert as_role(role).get(page(RoundFactory())).status_code == 403


def test_nobody_is_asked_to_log_in(client, db):
    assert "login" in client.get(page(RoundFactory())).url
    assert "login" in client.get(reverse("labelling:own-history-export")).url


def test_everybody_who_labels_gets_their_own_and_nobody_else_s(client):
    mine, _other = AnnotationFactory(), AnnotationFactory()
    client.force_login(mine.annotator, backend="django.contrib.auth.backends.ModelBackend")

    response = client.get(reverse("labelling:own-history-export"))

    [_header, row] = b"".join(response.streaming_content).decode().splitlines()
    assert mine.sample.product_id in row


def test_product_managers_have_no_record_of_their_own(as_role):
    assert as_role("pm").get(reverse("labelling:own-history-export")).status_code == 403


def test_the_command_filters_as_the_page_does(tmp_path):
    answer = AnnotationFactory()
    AnnotationFactory()
    out = tmp_path / "said.csv"

    call_command(
        "export_annotations", "--history", "--annotator", answer.annotator.pseudonym,
        "--from", "2026-01-05", "--to", "2026-01-05", "--out", str(out),
    )  # fmt: skip

    [_header, row] = out.read_text(encoding="utf-8").splitlines()
    assert answer.sample.product_id in row


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([], "Name the round"),
        (["--history", "--round", "x"], "There is no round x"),
        (["--history", "--annotator", "x"], "Nobody is called x"),
    ],
)
def test_the_command_says_what_is_missing(arguments, problem):
    with pytest.raises(CommandError, match=problem):
        call_command("export_annotations", *arguments)
