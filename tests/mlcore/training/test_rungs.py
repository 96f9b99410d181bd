import random
from dataclasses import replace

import pyarrow as pa
import pytest

from mlcore.corpus.store import with_derived
from mlcore.text.tokenise import MecabTokeniser
from mlcore.training.config import TrainingConfig
from mlcore.training.ladder import NOT_APPLICABLE, Ground, climb
from mlcore.training.rungs import NetworkRung, Tuning, network_rungs

NAMES = {"옷>코트": "모직 코트", "옷>바지": "청바지 바지", "완구>인형": "곰 인형"}
TINY = TrainingConfig(
    epochs=2,
    batch_size=16,
    learning_rate=0.02,
    embedding_size=8,
    filters=8,
    hidden_size=16,
    validation_share=0.2,
)


def rows(n, *, wrong=0.0):
    """Products whose words say what they are, some of them misfiled."""
    dice = random.Random(n)
    paths = [list(NAMES)[place % 3] for place in range(n)]
    given = [dice.choice(list(NAMES)) if dice.random() < wrong else path for path in paths]
    table = pa.table(
        {
            "product_id": [f"{n}-{place}" for place in range(n)],
            "product_name": [
                f"{NAMES[path]} {dice.choice('가나다라마바사아자차카타파하')}{place}"
                for place, path in enumerate(paths)
            ],
            "mall_category": paths,
            "category_path": given,
        }
    )
    return with_derived(table, MecabTokeniser())


@pytest.fixture(scope="module")
def ground():
    return Ground(train=rows(60, wrong=0.3), test=rows(60))


def test_a_network_cleans_labels_and_reads_the_branches_that_rows_have(ground, tmp_path):
    config = replace(TINY, restarts=0)
    climbing = NetworkRung(config, ("name", "mall", "image"), Tuning(has_selfie=True), None)

    climbed = climbing(ground, tmp_path / "selfie", lambda *stage: None)

    assert set(climbed.predicted) <= set(NAMES)
    assert len(climbed.predicted) == 60
    assert "refurbished" in climbed.notes
    assert climbed.size > 1_000
    assert (tmp_path / "selfie" / "model").is_dir()


def test_rungs_stand_in_the_order_of_the_talk():
    assert [rung.key for rung in network_rungs(TINY, TINY, None)] == [
        "text_cnn",
        "mall",
        "image",
        "heads",
        "balance",
        "selfie",
        "rules",
        "default",
        "cleaned",
    ]


def test_what_rows_lack_is_said(ground, tmp_path):
    bare = Ground(train=ground.train.drop_columns("mall_category"), test=ground.test)
    lacking = [
        rung
        for rung in network_rungs(TINY, TINY, None)
        if rung.key in {"mall", "image", "heads", "rules"}
    ]

    steps = climb(bare, lacking, tmp_path)

    assert {step.state for step in steps} == {NOT_APPLICABLE}
    assert [step.reason for step in steps] == [
        "no row has a mall category",
        "there are no photos",
        "there is one branch alone",
        "there are no exclusion rules",
    ]
