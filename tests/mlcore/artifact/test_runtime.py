import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from mlcore.artifact import folder, ranking, runtime
from mlcore.corpus.folder import read_json, write_json
from mlcore.progress import BadInput
from mlcore.text.tokenise import BlankTokeniser

NAMES = ["빨강 코트 S", "파랑 청바지 M", "노랑 인형 L", "처음 보는 말", ""]


@pytest.fixture(scope="module")
def model(version):
    return runtime.load(version)


def test_probabilities_fall_along_the_ranks_and_sum_to_one(model):
    answers = model.predict(NAMES)

    assert answers.indices.shape == (5, 3)
    assert (np.diff(answers.probabilities, axis=1) <= 0).all()
    assert answers.probabilities.sum(axis=1) + answers.rest == pytest.approx([1] * 5, abs=1e-12)


def test_probabilities_are_those_of_the_version_s_temperature(model, version, tmp_path):
    hot = shutil.copytree(version, tmp_path / "hot")
    record = read_json(hot / folder.CALIBRATION)
    write_json(hot / folder.CALIBRATION, {**record, "temperature": 2.0})
    folder.seal(hot)

    cooled = runtime.load(hot).predict(NAMES)

    # Logits halved are square roots of probabilities, made to sum to 1 again.
    as_trained = model.predict(NAMES)
    roots = np.sqrt(as_trained.probabilities)
    assert (cooled.indices == as_trained.indices).all()
    assert cooled.probabilities == pytest.approx(roots / roots.sum(axis=1, keepdims=True), abs=1e-6)


def test_categories_beyond_the_ranks_are_kept_as_rest(model, monkeypatch):
    whole = model.predict(NAMES)
    monkeypatch.setattr(ranking, "RANKS", 2)

    cut = model.predict(NAMES)

    assert cut.indices.tolist() == whole.indices[:, :2].tolist()
    assert cut.rest == pytest.approx(whole.probabilities[:, 2])


def test_no_names_give_no_predictions(model):
    answers = model.predict([])

    assert answers.indices.shape == (0, 3)
    assert answers.paths() == []


def test_a_name_is_answered_alike_alone_and_among_a_thousand(model):
    alone = model.predict(["노랑 인형 L"])
    among = model.predict(["빨강 코트 S"] * 1000 + ["노랑 인형 L"])

    assert among.paths()[-1] == alone.paths()[0]
    assert among.probabilities[-1] == pytest.approx(alone.probabilities[0], abs=1e-6)


def test_names_of_any_length_are_answered_in_the_order_in_which_they_came(model):
    names = [f"{name} {'긴 이름 ' * repeats}" for repeats in (0, 9, 3) for name in NAMES]

    together = model.predict(names)

    alone = [model.predict([name]) for name in names]
    assert together.paths() == [path for each in alone for path in each.paths()]
    assert together.probabilities == pytest.approx(
        np.concatenate([each.probabilities for each in alone]), abs=1e-6
    )


def test_threads_answer_alike(model):
    expected = model.predict(NAMES)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(model.predict, [NAMES[: 1 + n % 5] for n in range(40)]))

    for answer in answers:
        rows = len(answer.indices)
        assert answer.probabilities == pytest.approx(expected.probabilities[:rows], abs=1e-6)


def test_a_version_is_not_read_with_another_tokeniser(version):
    with pytest.raises(BadInput, match="here is blank-1"):
        runtime.load(version, tokeniser=BlankTokeniser())


def test_predicting_never_loads_tensorflow(version):
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "import mlcore.cli\n"
        "from mlcore.artifact import runtime\n"
        f"runtime.load(Path({str(version)!r})).predict(['코트'])\n"
        "heavy = {'tensorflow', 'keras', 'mlcore.models'} & sys.modules.keys()\n"
        "sys.exit(str(heavy) if heavy else 0)\n"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
