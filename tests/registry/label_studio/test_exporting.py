import json
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from labelhub.accounts.models import AuditEntry
from labelhub.labelling.models import Annotation, Skip
from labelhub.registry.services.label_studio import exporting
from tests.factories import (
    NOW,
    AnnotationFactory,
    AssignmentFactory,
    CategoryFactory,
    PredictionFactory,
    RoundFactory,
    SampleFactory,
    UserFactory,
)
from tests.importing import taken

pytestmark = pytest.mark.django_db


@pytest.fixture
def round(db):
    return RoundFactory(name="first")


def exported(round, **chosen):
    return json.loads(b"".join(exporting.tasks(round=round, **chosen)))


def test_a_task_holds_the_sample_without_its_given_category(round):
    given = CategoryFactory(path="a>b")
    sample = SampleFactory(
        product_id="p1", name="=셔츠", brand="무지", attributes={"색": "청"}, given_category=given
    )
    AssignmentFactory(round=round, sample=sample)

    [task] = exported(round)

    assert (task["id"], task["annotations"]) == (sample.pk, [])
    assert task["data"]["product_id"] == "p1"
    assert task["data"]["product_name"] == "=셔츠"
    assert (task["data"]["brand"], task["data"]["색"], task["data"]["maker"]) == ("무지", "청", "")
    assert "a>b" not in json.dumps(task)


def test_an_answer_is_an_annotation_under_a_pseudonym(round):
    answer = AnnotationFactory(round=round, category=CategoryFactory(path="의류>셔츠"))

    [task] = exported(round)

    [annotation] = task["annotations"]
    assert annotation["annotator"] == answer.annotator.pseudonym
    assert answer.annotator.username not in json.dumps(task)
    assert annotation["result"][0]["type"] == "taxonomy"
    assert annotation["result"][0]["value"] == {"taxonomy": [["의류", "셔츠"]]}
    assert (annotation["was_cancelled"], annotation["ground_truth"]) == (False, False)


def test_answers_taken_back_and_hidden_checks_stay_here(round):
    AnnotationFactory(round=round, superseded_at=NOW)
    AnnotationFactory(round=round, is_check=True, assignment__is_check=True)

    [task] = exported(round)

    assert task["annotations"] == []


def test_predictions_come_along_when_a_version_is_named(round):
    said = PredictionFactory(category=CategoryFactory(path="a>b"), probability=0.6)
    AssignmentFactory(round=round, sample=said.sample)

    [without], [with_it] = exported(round), exported(round, version=said.version)

    assert "predictions" not in without
    [prediction] = with_it["predictions"]
    assert (prediction["model_version"], prediction["score"]) == (said.version.name, 0.6)
    assert prediction["result"][0]["value"] == {"taxonomy": [["a", "b"]]}


def test_a_round_without_samples_is_an_empty_list(round):
    assert exported(round) == []


def test_the_interface_nests_the_tree(round):
    for path in ("의류>셔츠", "의류>셔츠>긴팔", "의류>바지", '잡화 & "소품"'):
        CategoryFactory(path=path)
    CategoryFactory(path="의류>옛것", retired_at=NOW)

    view = ElementTree.fromstring("".join(exporting.interface(round=round)))

    taxonomy = view.find("Taxonomy")
    assert [choice.get("value") for choice in taxonomy] == ["의류", '잡화 & "소품"']
    assert [choice.get("value") for choice in taxonomy[0]] == ["바지", "셔츠"]
    assert [choice.get("value") for choice in taxonomy[0][1]] == ["긴팔"]


def test_the_interface_ends_at_the_level_of_the_answers():
    CategoryFactory(path="a>b>c")
    round = RoundFactory(answer_level=2)

    view = ElementTree.fromstring("".join(exporting.interface(round=round)))

    assert [choice.get("value") for choice in view.iter("Choice")] == ["a", "b"]


def test_the_interface_shows_what_the_round_shows_and_no_more():
    round = RoundFactory(fields_shown=["brand", "image"])
    AssignmentFactory(round=round, sample__image="https://shop.example/1.jpg")

    view = ElementTree.fromstring("".join(exporting.interface(round=round)))

    shown = [tag.get("value") for tag in view if tag.tag in ("Text", "Image")]
    assert shown == ["$product_name", "$brand", "$image"]


def test_pictures_that_are_no_single_address_are_not_shown(round):
    AssignmentFactory(round=round, sample__image="1.jpg")

    assert "<Image" not in "".join(exporting.interface(round=round))


def everything():
    """What people said, in words that no key is part of."""
    answers = Annotation.objects.order_by("sample__product_id", "annotator__pseudonym")
    said = answers.values_list(
        "sample__product_id", "sample__name", "category__path", "is_undecidable",
        "annotator__pseudonym", "answered_at", "is_assisted",
    )  # fmt: skip
    skips = Skip.objects.order_by("pk").values_list(
        "assignment__sample__product_id", "annotator__pseudonym", "skipped_at"
    )
    return list(said), list(skips)


def test_a_round_goes_over_and_comes_back_to_an_empty_installation_the_same(round, tmp_path):
    kim, lee = UserFactory(), UserFactory()
    sample = SampleFactory(name='이름, "인용" ☃', attributes={"색": "청"})
    for annotator, path in ((kim, "의류>셔츠"), (lee, "의류>바지")):
        AnnotationFactory(
            round=round, sample=sample, annotator=annotator, category=CategoryFactory(path=path),
            answered_at=NOW - timedelta(days=1, microseconds=123),
        )  # fmt: skip
    AnnotationFactory(round=round, annotator=kim, category=None, is_undecidable=True)
    AnnotationFactory(
        round=round, annotator=lee, category=CategoryFactory(path="a"), is_assisted=True
    )
    skipped = AssignmentFactory(round=round)
    Skip.objects.create(assignment=skipped, annotator=kim, skipped_at=NOW)
    before = everything()
    path = tmp_path / "tasks.json"
    path.write_bytes(b"".join(exporting.tasks(round=round)))
    empty_the_tables()

    batch = taken("label_studio", path, round="back", create_categories=True)

    assert batch.is_applied
    assert everything() == before


def empty_the_tables():
    """Leave nothing of the installation but its migrations."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "TRUNCATE catalog_sample, catalog_category, labelling_round, accounts_user CASCADE"
        )
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_a_round_that_comes_back_to_the_same_installation_changes_nothing(round, tmp_path):
    AnnotationFactory(round=round, category=CategoryFactory(path="a>b"))
    path = tmp_path / "tasks.json"
    path.write_bytes(b"".join(exporting.tasks(round=round)))

    batch = taken("label_studio", path, round="first", update=True)

    assert batch.notes["label_studio"]["answers"] == 0
    assert Annotation.objects.count() == 1


def test_the_command_writes_tasks_and_interface(round, tmp_path):
    AnnotationFactory(round=round)

    call_command(
        "export_label_studio", round="first", out=tmp_path / "t.json", interface=tmp_path / "i.xml"
    )

    assert len(json.loads((tmp_path / "t.json").read_text())) == 1
    assert (tmp_path / "i.xml").read_text().startswith("<View>")
    assert AuditEntry.objects.get(verb="exported").details["about"] == "first"


@pytest.mark.parametrize("options", [{"round": "x"}, {"round": "first", "model": "x"}])
def test_the_command_says_what_is_not_there(round, options):
    with pytest.raises(CommandError, match="There is no"):
        call_command("export_label_studio", **options)
