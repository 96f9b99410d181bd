"""How two versions of a text differ."""

from labelhub.labelling.services.wording import compare


def kinds(before, after):
    return [(line.kind, line.text) for line in compare(before, after)]


def test_lines_that_stay_are_the_same():
    assert kinds("one\ntwo", "one\ntwo") == [("same", "one"), ("same", "two")]


def test_a_new_line_is_new_and_a_gone_one_gone():
    assert kinds("one\ntwo", "two\nthree") == [("gone", "one"), ("same", "two"), ("new", "three")]


def test_in_a_changed_line_only_the_changed_words_stand_out():
    gone, new = compare("A tote is a bag.", "A tote is a shopper.")

    assert [piece.text for piece in gone.pieces if piece.is_changed] == ["bag"]
    assert [piece.text for piece in new.pieces if piece.is_changed] == ["shopper"]


def test_a_first_version_is_wholly_new():
    assert kinds("", "one\ntwo") == [("new", "one"), ("new", "two")]


def test_in_a_line_that_has_no_counterpart_nothing_stands_out():
    [_same, new] = compare("one", "one\ntwo words")

    assert [piece.is_changed for piece in new.pieces] == [False]
