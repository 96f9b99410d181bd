import pyarrow as pa
import pytest

from mlcore.corpus.store import with_derived
from mlcore.text.tokenise import MecabTokeniser
from mlcore.training.ablation import as_table, column_rungs, modality_rungs
from mlcore.training.config import TrainingConfig
from mlcore.training.ladder import DONE, NOT_APPLICABLE, Ground, Step, climb

TINY = TrainingConfig(epochs=1, embedding_size=4, filters=4, hidden_size=8, validation_share=0.2)


def rows(n, brands=("",)):
    table = pa.table(
        {
            "product_id": [f"{n}-{place}" for place in range(n)],
            "product_name": [f"{'코트' if place % 2 else '인형'} {place}" for place in range(n)],
            "mall_category": ["옷" if place % 2 else "" for place in range(n)],
            "brand": [brands[place % len(brands)] for place in range(n)],
            "category_path": ["옷>코트" if place % 2 else "완구>인형" for place in range(n)],
        }
    )
    return with_derived(table, MecabTokeniser())


def test_every_column_and_every_union_is_measured():
    assert [rung.title for rung in column_rungs(TINY)] == [
        "name",
        "mall category",
        "brand",
        "name + mall category",
        "name + brand",
        "mall category + brand",
        "name + mall category + brand",
    ]


def test_columns_are_joined_to_one_text_and_accuracy_in_training_is_told(tmp_path):
    ground = Ground(train=rows(40, ("느와이",)), test=rows(20, ("느와이",)))
    union = column_rungs(TINY)[-1:]

    [step] = climb(ground, union, tmp_path)

    assert (step.state, step.reason) == (DONE, "")
    assert 0 <= step.notes["train_accuracy"] <= 1


def test_a_column_that_is_empty_throughout_is_not_applicable(tmp_path):
    ground = Ground(train=rows(8), test=rows(4))
    brand = [rung for rung in column_rungs(TINY) if rung.title == "brand"]

    [step] = climb(ground, brand, tmp_path)

    assert (step.state, step.reason) == (NOT_APPLICABLE, "no row has a brand")


def test_without_photos_only_text_is_measured():
    ground = Ground(train=rows(8), test=rows(4))
    lacking = {rung.title: rung.missing(ground) for rung in modality_rungs(TINY, None)}

    assert lacking == {
        "image only": "there are no photos",
        "text only": "",
        "both": "there are no photos",
        "both + tuning": "there are no photos",
    }


@pytest.mark.parametrize(
    ("step", "line"),
    [
        (
            Step("a", "name", DONE, figures={"accuracy": 0.5}, notes={"train_accuracy": 0.75}),
            "| name | 0.7500 | 0.5000 |",
        ),
        (
            Step("b", "brand", NOT_APPLICABLE, "no row has a brand"),
            "| brand | not applicable: no row has a brand | |",
        ),
    ],
)
def test_the_table_has_a_line_for_each(step, line):
    assert as_table([step]).splitlines()[-1] == line
