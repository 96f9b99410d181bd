from __future__ import annotations

from labelhub.registry.reasons import PICTURES, SENTENCES
from mlcore.corpus.checks import Reason
from mlcore.images.flaws import Flaw


def test_every_reason_of_a_corpus_import_can_be_translated():
    assert set(SENTENCES) == {str(reason) for reason in Reason}


def test_every_flaw_of_a_picture_can_be_translated():
    assert set(PICTURES) == {str(flaw) for flaw in Flaw}
