import pytest

from mlcore.artifact import runtime
from mlcore.training.evaluate import LabelledRows, evaluate

NAMES = ["빨강 코트 S", "파랑 청바지 M", "노랑 인형 L", "검정 모직 M"]
TRUTH = [
    ("패션의류", "코트"),
    ("패션의류", "바지"),
    ("출산/육아", "장난감", "인형"),
    ("패션의류", "코트"),
]


@pytest.fixture(scope="module")
def evaluation(version):
    return evaluate(runtime.load(version), LabelledRows(NAMES, TRUTH)).as_record()


def test_a_true_category_unknown_to_the_version_counts_as_wrong(evaluation):
    assert evaluation["n"] == 4
    assert evaluation["accuracy"] == 0.75


def test_levels_count_only_rows_that_deep(evaluation):
    assert evaluation["levels"] == {"1": 1.0, "2": 1.0, "3": 0.0}


def test_macro_f1_weighs_the_missed_category_like_the_others(evaluation):
    # 코트 1, 바지 1, 장난감 (only predicted) 0, 장난감>인형 (only true) 0
    assert evaluation["macro_f1"] == 0.5


def test_a_version_of_names_alone_has_one_head(evaluation):
    assert evaluation["heads"] == {
        "name": {"n": 4, "accuracy": 0.75, "levels": evaluation["levels"]},
    }
