from mlcore.text.normalise import fold


def test_fold_composes_hangul_that_was_typed_as_letters():
    assert fold("\u1112\u1161\u11ab") == "\ud55c"


def test_fold_makes_case_and_blanks_the_same():
    assert fold(" Ws-99\u3000 STRASSE\n") == fold("ws-99 stra\u00dfe")


def test_folding_twice_changes_nothing():
    text = "\u0130stanbul \u1e9e"

    assert fold(fold(text)) == fold(text)
