import pytest

from mlcore import taxonomy


def test_split_trims_levels_and_keeps_slashes_in_names():
    path = taxonomy.split_path(" 출산/육아 > 유아동의류>재킷 ")

    assert path == ("출산/육아", "유아동의류", "재킷")


@pytest.mark.parametrize("text", ["", "  ", "a>>b", ">a", "a>", "a> >b"])
def test_split_refuses_an_empty_level(text):
    with pytest.raises(ValueError, match="a name at every level"):
        taxonomy.split_path(text)


def test_join_undoes_split():
    assert taxonomy.join_path(taxonomy.split_path("a > b/c")) == "a>b/c"


@pytest.mark.parametrize("path", [(), ("a", ""), ("a>b",), (" a",)])
def test_join_refuses_levels_that_would_read_back_differently(path):
    with pytest.raises(ValueError, match="category path"):
        taxonomy.join_path(path)


def test_cut_leaves_a_shorter_path_at_its_own_depth():
    assert taxonomy.cut(("a", "b"), 4) == ("a", "b")


def test_cut_refuses_level_zero():
    with pytest.raises(ValueError, match="count from 1"):
        taxonomy.cut(("a",), 0)


def test_a_name_that_begins_like_the_subtree_is_not_within_it():
    assert not taxonomy.is_within(("기타잡화", "모자"), ("기타",))
