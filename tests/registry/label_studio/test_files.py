"""The forms in which tasks come: the short one, packed, broken off, nested."""

import gzip
import json

import pytest

from labelhub.catalog.models import Sample
from labelhub.labelling.models import Annotation
from labelhub.registry.services.label_studio import reasons
from tests.factories import CategoryFactory
from tests.importing import counts, refusals, taken
from tests.registry.label_studio.files import task
from tests.registry.label_studio.test_importing import SHIRT, TROUSERS, import_tasks

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tree(db):
    CategoryFactory(path="의류>셔츠")
    CategoryFactory(path="의류>바지")


def short(answer, **other):
    """A row of the short format, JSON_MIN: one annotation."""
    return {
        "text": "셔츠", "id": 7, "category": answer, "annotator": 1, "annotation_id": 31,
        "created_at": "2026-01-02T03:04:05Z", "updated_at": "2026-01-02T03:04:05Z",
        "lead_time": 4.2, **other,
    }  # fmt: skip


def test_the_short_format_has_a_row_an_annotation(tmp_path):
    rows = [
        short([{"taxonomy": [list(SHIRT)]}]),
        short([{"taxonomy": [list(TROUSERS)]}], annotator=2),
        short([{"taxonomy": [list(SHIRT)]}], id=8),
    ]

    import_tasks(tmp_path, *rows)

    found = Annotation.objects.order_by("sample__product_id", "annotator__username")
    assert list(found.values_list("sample__product_id", "category__path")) == [
        ("label-studio-7", "의류>셔츠"),
        ("label-studio-7", "의류>바지"),
        ("label-studio-8", "의류>셔츠"),
    ]


def test_a_bare_word_of_the_short_format_needs_the_name_of_its_question(tmp_path):
    unclear = import_tasks(tmp_path, short("의류>셔츠"))
    clear = import_tasks(tmp_path, short("의류>셔츠"), answer_field="category")

    assert refusals(unclear) == [(1, "", reasons.NO_ANSWER_FIELD)]
    assert clear.notes["label_studio"]["answers"] == 1


def test_a_packed_file_is_read(tmp_path):
    path = tmp_path / "tasks.json.gz"
    path.write_bytes(gzip.compress(json.dumps([task({"text": "a"})]).encode()))

    batch = taken("label_studio", path, round="moved")

    assert counts(batch) == (1, 0, 0, 0)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "The file is empty."),
        (b"[]", "The list holds no task."),
        (b'{"id": 1}', 'The file is no list of tasks in JSON: it begins with {"id": 1}'),
        (b'[{"a": 1}, {"b', "The file breaks off in task 2, at byte 14; it is not whole."),
        (b'[{"a": 1} 2]', "Task 1 cannot be read, at byte 10: a comma or the end of the list"),
        (b'[{"a": NaN}]', "Task 1 cannot be read, at byte 1: NaN is no number."),
        (b'["\xff"]', "Byte 2 of the file is not UTF-8."),
        (b"[" * 100_000, "Task 1 cannot be read, at byte 1: it is nested too deeply."),
    ],
)
def test_a_file_that_is_no_list_of_tasks_says_where(tmp_path, content, problem):
    path = tmp_path / "tasks.json"
    path.write_bytes(content)

    batch = taken("label_studio", path, round="moved")

    assert batch.problem.startswith(problem)
    assert batch.finished_at


def test_a_value_nested_as_deep_as_can_be_read_does_not_stop_the_others(tmp_path):
    deep = '{"id": 2, "data": {"text": "a", "deep": ' + "[" * 900 + "]" * 900 + "}}"
    path = tmp_path / "tasks.json"
    path.write_text(f'[{{"id": 1, "data": {{"text": "b"}}}}, {deep}]')

    batch = taken("label_studio", path, round="moved", keep_good=True)

    assert batch.finished_at
    assert Sample.objects.filter(product_id="label-studio-1").exists()
