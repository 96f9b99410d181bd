from __future__ import annotations

from labelhub.registry.reasons import SENTENCES
from mlcore.corpus.checks import Reason


def test_every_reason_of_a_corpus_import_can_be_translated():
    assert set(SENTENCES) == {str(reason) for reason in Reason}
