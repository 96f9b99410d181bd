import doctest
import importlib

import pytest

MODULES = [
    "mlcore.exclusion",
    "mlcore.taxonomy",
    "mlcore.corpus.columns",
    "mlcore.quality.agreement",
    "mlcore.quality.calibration",
    "mlcore.quality.confusion",
    "mlcore.quality.consensus",
    "mlcore.quality.coverage",
    "mlcore.quality.intervals",
    "mlcore.quality.label_noise",
    "mlcore.quality.paired",
    "mlcore.quality.sampling",
    "mlcore.quality.scores",
    "mlcore.quality.temperature",
    "mlcore.text.coverage",
    "mlcore.text.grams",
    "mlcore.text.normalise",
    "mlcore.text.token_lines",
    "mlcore.text.tokenise",
    "mlcore.text.vocabulary",
    "mlcore.text.word_list",
    "mlcore.training.hierarchy",
    "mlcore.training.selection",
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_are_true(name):
    module = importlib.import_module(name)

    result = doctest.testmod(module)

    assert result.attempted > 0
    assert result.failed == 0
