import pytest

from mlcore.demo.tree import categories, leaf_at, leaves


def test_tree_has_about_three_hundred_leaves_on_up_to_four_levels():
    depths = {node.depth for node in categories() if node.is_leaf}

    assert 280 <= len(leaves()) <= 330
    assert depths == {3, 4}


def test_codes_and_paths_are_unique():
    nodes = categories()

    assert len({node.code for node in nodes}) == len(nodes)
    assert len({node.path for node in nodes}) == len(nodes)


def test_every_parent_comes_before_its_children_and_is_no_leaf():
    seen = {}
    for node in categories():
        parent = node.path.rpartition(">")[0]
        assert parent == "" or not seen[parent].is_leaf
        seen[node.path] = node


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("출산/육아>유아동의류>재킷", "50000418"),
        ("패션잡화>주얼리>목걸이", "50004174"),
        ("출산/육아>유아동의류>점퍼", "50000419"),
        ("출산/육아>유아동잡화>가방>백팩", "50004203"),
        ("출산/육아>유아동의류>코트", "50000420"),
    ],
)
def test_categories_of_the_talk_keep_their_codes(path, code):
    codes = {node.path: node.code for node in categories()}

    assert codes[path] == code


def test_tree_has_ten_departments():
    assert sum(node.depth == 1 for node in categories()) == 10


def test_several_leaves_are_for_other_things():
    catch_alls = [node for node in categories() if node.is_catch_all]

    assert len(catch_alls) >= 10
    assert all(node.is_leaf for node in catch_alls)


def test_trousers_stand_under_six_kinds_of_people():
    trousers = [leaf for leaf in leaves() if leaf.name == "바지"]

    assert {leaf.audience for leaf in trousers} >= {
        "pregnancy",
        "kids",
        "men",
        "women",
        "hiking",
        "golf",
    }


def test_a_leaf_is_found_by_its_path():
    assert leaf_at("출산/육아>유아동의류>재킷").department == "출산/육아"


def test_an_unknown_leaf_is_refused():
    with pytest.raises(KeyError):
        leaf_at("출산/육아>없는것")
