from datetime import UTC, datetime

import pytest

from labelhub.accounts.models import User
from labelhub.catalog.models import Category, ImportBatch, Sample
from labelhub.catalog.services import reasons as row_reasons
from labelhub.labelling.models import Annotation, Assignment, Consensus, Round, Skip
from labelhub.registry.importable import TASK_COLUMNS
from labelhub.registry.models import ModelVersion, Prediction
from labelhub.registry.services.label_studio import reasons
from tests.factories import (
    AnnotationFactory,
    CategoryFactory,
    SampleFactory,
)
from tests.importing import counts, refusals, taken
from tests.registry.label_studio.files import annotation, prediction, saved, task

pytestmark = pytest.mark.django_db

SHIRT = ("의류", "셔츠")
TROUSERS = ("의류", "바지")


@pytest.fixture(autouse=True)
def tree(db):
    CategoryFactory(path="의류>셔츠")
    CategoryFactory(path="의류>바지")


def import_tasks(tmp_path, *tasks, **options):
    options.setdefault("round", "moved")
    return taken("label_studio", saved(tmp_path, list(tasks)), **options)


def test_a_task_becomes_a_sample_of_the_round(tmp_path):
    data = {"product_id": "p1", "name": "면 셔츠", "brand": "무지", "price": 9900, "colour": "blue"}

    batch = import_tasks(tmp_path, task(data))

    sample = Sample.objects.get()
    assert counts(batch) == (1, 0, 0, 0)
    assert (sample.product_id, sample.name, sample.brand) == ("p1", "면 셔츠", "무지")
    assert (sample.price, sample.attributes) == ("9900", {"colour": "blue"})
    assert Assignment.objects.get().round == Round.objects.get(name="moved")


def test_an_annotation_becomes_an_answer_when_it_was_given(tmp_path):
    by = {"id": 4, "email": "kim@example.com", "first_name": "", "last_name": ""}

    batch = import_tasks(tmp_path, task({"id": "p1", "text": "셔츠"}, annotation(*SHIRT, by=by)))

    answer = Annotation.objects.get()
    assert (answer.category.path, answer.annotator.username) == ("의류>셔츠", "kim@example.com")
    assert answer.answered_at == datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    assert not User.objects.get().is_active
    assert batch.notes["label_studio"]["answers"] == 1
    assert Consensus.objects.get().category == answer.category


def test_people_known_by_a_number_alone_get_a_name_of_it(tmp_path):
    import_tasks(tmp_path, task({"text": "셔츠"}, annotation(*SHIRT, by=12)))

    assert Annotation.objects.get().annotator.username == "label-studio-12"


def test_a_product_without_an_id_of_its_own_gets_that_of_the_task(tmp_path):
    import_tasks(tmp_path, task({"text": "셔츠"}, id=99))

    assert Sample.objects.get().product_id == "label-studio-99"


def test_two_annotators_need_two_assignments(tmp_path):
    answers = annotation(*SHIRT, by=1), annotation(*TROUSERS, by=2)

    import_tasks(tmp_path, task({"text": "셔츠"}, *answers))

    assert Assignment.objects.exclude(answered_at=None).count() == 2


def test_choices_are_paths_too(tmp_path):
    import_tasks(tmp_path, task({"text": "셔츠"}, annotation("의류 > 셔츠", kind="choices")))

    assert Annotation.objects.get().category.path == "의류>셔츠"


def test_an_empty_annotation_says_that_it_cannot_be_decided(tmp_path):
    import_tasks(tmp_path, task({"text": "셔츠"}, annotation()))

    assert Annotation.objects.get().is_undecidable


def test_a_cancelled_annotation_is_a_skip(tmp_path):
    import_tasks(tmp_path, task({"text": "셔츠"}, annotation(*SHIRT, was_cancelled=True)))

    assert not Annotation.objects.exists()
    assert Skip.objects.get().annotator.username == "label-studio-1"


def test_a_draft_is_no_answer_until_it_is_submitted(tmp_path):
    draft = {**annotation(*SHIRT), "was_postponed": False}

    import_tasks(tmp_path, {**task({"text": "셔츠"}), "drafts": [draft]})

    assert not Annotation.objects.exists()
    assert Assignment.objects.get().answered_at is None


def test_a_round_of_picked_tasks_counts_in_no_headline(tmp_path):
    import_tasks(tmp_path, task({"text": "셔츠"}, annotation(*SHIRT)), picked=True)

    assert Round.objects.get().plan == Round.Plan.FILE


def test_an_answer_that_began_from_a_prediction_is_not_blind(tmp_path):
    import_tasks(tmp_path, task({"text": "셔츠"}, annotation(*SHIRT, parent_prediction=5)))

    assert Annotation.objects.get().is_assisted
    assert not Consensus.objects.exists()


def test_ancestors_listed_beside_a_choice_are_no_further_choices(tmp_path):
    answer = annotation(*SHIRT)
    answer["result"][0]["value"]["taxonomy"] = [["의류"], list(SHIRT)]

    import_tasks(tmp_path, task({"text": "셔츠"}, answer))

    assert Annotation.objects.get().category.path == "의류>셔츠"


def test_predictions_become_a_version_that_was_imported(tmp_path):
    said = [prediction(*SHIRT, score=0.75, model="m1"), prediction(*TROUSERS, model="m2")]

    batch = import_tasks(tmp_path, task({"text": "셔츠"}, predictions=said))

    found = Prediction.objects.get(version__name="m1")
    assert (found.category.path, found.probability, found.rest) == ("의류>셔츠", 0.75, 0.25)
    assert set(ModelVersion.objects.values_list("origin", flat=True)) == {"imported"}
    assert batch.notes["models"] == ["m1", "m2"]


@pytest.mark.parametrize(
    "said",
    [prediction(*SHIRT, score=None), prediction(*SHIRT, score=7), prediction("의류", "모자")],
)
def test_a_prediction_that_says_too_little_is_left_out_and_counted(tmp_path, said):
    batch = import_tasks(tmp_path, task({"text": "셔츠"}, predictions=[said]))

    assert batch.is_applied
    assert batch.notes["label_studio"]["left_out"] == 1
    assert not Prediction.objects.exists()
    assert not ModelVersion.objects.exists()


def test_categories_are_made_on_request(tmp_path):
    answer = task({"text": "모자"}, annotation("잡화", "모자"))

    import_tasks(tmp_path, answer, create_categories=True)

    assert Annotation.objects.get().category == Category.objects.get(path="잡화>모자")


def test_the_same_file_twice_changes_nothing(tmp_path):
    whole = task(
        {"text": "a"},
        annotation(*SHIRT),
        annotation(by=2, was_cancelled=True),
        predictions=[prediction(*SHIRT)],
    )
    import_tasks(tmp_path, whole)

    batch = import_tasks(tmp_path, whole)

    assert counts(batch) == (0, 0, 1, 0)
    assert (Annotation.objects.count(), Skip.objects.count(), Prediction.objects.count()) == (
        1, 1, 1,
    )  # fmt: skip
    assert batch.notes["label_studio"]["answers"] == 0


def test_another_answer_than_the_one_that_stands_needs_update(tmp_path):
    import_tasks(tmp_path, task({"text": "a"}, annotation(*SHIRT)))
    changed = task({"text": "a"}, annotation(*TROUSERS))

    refused = import_tasks(tmp_path, changed)
    import_tasks(tmp_path, changed, update=True)

    assert refusals(refused) == [(1, "answers", row_reasons.OTHER_ANSWER)]
    assert Annotation.objects.current().get().category.path == "의류>바지"


def test_fields_that_no_task_has_leave_known_samples_as_they_are(tmp_path):
    SampleFactory(product_id="p1", name="셔츠", brand="무지")

    import_tasks(tmp_path, task({"product_id": "p1", "name": "새 셔츠"}), update=True)

    sample = Sample.objects.get()
    assert (sample.name, sample.brand) == ("새 셔츠", "무지")


def test_the_name_field_and_the_question_can_be_named(tmp_path):
    answer = annotation(*SHIRT)
    answer["result"].append(annotation("no", control="is_new", kind="choices")["result"][0])
    asked_twice = task({"product_id": "p1", "label": "셔츠"}, answer)

    unclear = import_tasks(tmp_path, asked_twice, name_field="label")
    clear = import_tasks(tmp_path, asked_twice, name_field="label", answer_field="category")

    assert refusals(unclear) == [(1, "", reasons.SEVERAL_QUESTIONS)]
    assert counts(clear) == (1, 0, 0, 0)
    assert Annotation.objects.get().category.path == "의류>셔츠"


def test_answers_join_a_round_that_people_work_in(tmp_path):
    answer = AnnotationFactory(round__name="moved", sample__product_id="label-studio-7")

    import_tasks(tmp_path, task({"text": answer.sample.name}, annotation(*SHIRT)), update=True)

    assert Annotation.objects.filter(sample=answer.sample).count() == 2


def test_the_batch_knows_the_columns_of_a_task(tmp_path):
    import_tasks(tmp_path, task({"text": "a"}))

    batch = ImportBatch.objects.get()
    assert (batch.encoding, tuple(batch.columns)) == ("json", TASK_COLUMNS)
