"""Tasks, and whole files of them, that are refused, with the reason."""

import json

import pytest

from labelhub.catalog.models import Sample
from labelhub.catalog.services import reasons as row_reasons
from labelhub.labelling.models import Annotation
from labelhub.registry.models import Run
from labelhub.registry.services.label_studio import reasons
from tests.factories import NOW, CategoryFactory, CorpusFactory, ModelVersionFactory, RoundFactory
from tests.importing import counts, refusals, taken
from tests.registry.label_studio.files import annotation, prediction, saved, task
from tests.registry.label_studio.test_importing import SHIRT, TROUSERS, import_tasks

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tree(db):
    CategoryFactory(path="의류>셔츠")
    CategoryFactory(path="의류>바지")


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (3, reasons.NOT_A_TASK),
        ({"id": 1, "annotations": []}, reasons.NO_DATA),
        (task({"price": 3}), reasons.NO_NAME),
        (task({"text": "a"}) | {"id": None}, reasons.NO_ID),
        (task({"text": "a"}) | {"annotations": {}}, reasons.NOT_A_LIST),
        (task({"text": "a"}, annotation("의류", "a>b")), reasons.NOT_A_PATH),
        (
            task({"text": "a"}, annotation("의류>셔츠", "의류>바지", kind="choices")),
            reasons.SEVERAL_CHOICES,
        ),
        (task({"text": "a\0"}), row_reasons.ZERO_BYTE),
        (task({"text": "a\ud800"}), row_reasons.BROKEN_BYTES),
    ],
)
def test_a_task_that_cannot_be_taken_is_refused_with_its_number(tmp_path, wrong, reason):
    path = tmp_path / "tasks.json"
    path.write_text(json.dumps([task({"text": "a"}, id=1), wrong]))

    batch = taken("label_studio", path, round="moved")

    assert refusals(batch) == [(2, "", reason)]
    assert not Sample.objects.exists()


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([annotation("의류", "모자")], row_reasons.UNKNOWN_PATH),
        ([annotation(*SHIRT), annotation(*TROUSERS)], row_reasons.ANSWERED_TWICE),
        ([annotation(*SHIRT, by=None)], row_reasons.NO_PERSON),
        ([annotation(*SHIRT, created_at="yesterday")], row_reasons.NOT_A_TIME),
    ],
)
def test_a_task_is_refused_with_the_reason_of_its_annotation(tmp_path, answers, reason):
    batch = import_tasks(tmp_path, task({"text": "a"}, id=1), task({"text": "b"}, *answers))

    assert refusals(batch) == [(2, "answers", reason)]
    assert not Sample.objects.exists()


def test_good_tasks_are_taken_on_request_and_the_others_listed_with_their_id(tmp_path):
    good, bad = task({"text": "a"}, annotation(*SHIRT), id=1), task({"text": "b"}, id=1)
    bad["annotations"] = [annotation("의류", "모자")]
    bad["id"] = 2
    path = saved(tmp_path, [good, bad])

    batch = taken("label_studio", path, round="moved", keep_good=True)

    assert counts(batch) == (1, 0, 0, 1)
    assert Annotation.objects.get().sample.product_id == "label-studio-1"
    assert batch.refused_rows.get().cells[0] == "2"


def test_a_task_that_stands_twice_is_refused(tmp_path):
    batch = import_tasks(tmp_path, task({"text": "a"}, id=1), task({"text": "b"}, id=1))

    assert [reason for _line, _column, reason in refusals(batch)] == [row_reasons.REPEATED] * 2


def test_a_round_of_given_categories_takes_no_tasks(tmp_path):
    RoundFactory(name="moved", source="given")

    batch = import_tasks(tmp_path, task({"text": "a"}))

    assert "another source" in batch.problem


def test_a_version_trained_here_takes_no_predictions(tmp_path):
    run = Run.objects.create(version_name="own", corpus=CorpusFactory(), seed=1, created_at=NOW)
    ModelVersionFactory(name="own", origin="trained", run=run, folder="own")

    batch = import_tasks(
        tmp_path, task({"text": "a"}, predictions=[prediction(*SHIRT, model="own")])
    )

    assert "was trained here" in batch.problem
    assert not Sample.objects.exists()
