import pyarrow as pa
import pytest

from mlcore.training import baselines
from mlcore.training.bag import bag_of_grams
from mlcore.training.baselines import PEERS, majority
from mlcore.training.ladder import Ground, climb

NAMES = {"wear>coat": "wool coat", "wear>shirt": "cotton shirt", "food>apple": "sweet apple"}


def rows(n, malls):
    paths = [list(NAMES)[place % 3] for place in range(n)]
    return pa.table(
        {
            "product_id": [f"{n}-{place}" for place in range(n)],
            "product_name": [f"{NAMES[path]} {place}" for place, path in enumerate(paths)],
            "mall_category": [path if malls else "" for path in paths],
            "category_path": paths,
        }
    )


GROUND = Ground(train=rows(60, malls=True), test=rows(30, malls=True), unlabelled=["red shirt"])


@pytest.fixture(autouse=True, scope="module")
def few_features():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(baselines, "BUCKETS", 2**12)
        yield


@pytest.fixture(scope="module")
def steps(tmp_path_factory):
    return {step.key: step for step in climb(GROUND, PEERS, tmp_path_factory.mktemp("peers"))}


def test_the_majority_is_right_as_often_as_its_category_comes(tmp_path):
    assert set(majority(GROUND, tmp_path, print).predicted) == {"wear>shirt"}


@pytest.mark.parametrize("key", ["linear_svc", "logistic", "logistic_mall"])
def test_a_linear_peer_learns_what_words_say(steps, key):
    assert steps[key].figures["accuracy"] == 1.0
    assert steps[key].size > 0


def test_mall_categories_are_not_applicable_where_there_are_none(tmp_path):
    ground = Ground(train=rows(6, malls=False), test=rows(3, malls=False))

    last = climb(ground, PEERS[-1:], tmp_path)[0]

    assert last.reason == "no row has a mall category"


def test_a_bag_of_grams_learns_what_words_say(tmp_path):
    predicted = bag_of_grams(GROUND, tmp_path, print).predicted

    assert list(predicted) == GROUND.test["category_path"].to_pylist()
