import pytest

from mlcore.demo.rules import demo_groups, demo_rules
from mlcore.demo.tree import categories


def hits(rule, rows):
    """Training rows that the rule drops, by plain words of the name."""
    [group] = [group for group in demo_groups() if group.key == rule.group]
    return [
        row
        for row in rows
        if row.category_path.startswith(group.paths)
        and rule.keyword in row.product_name.split()
        and not any(word in row.product_name for word in rule.unless)
    ]


def test_groups_name_categories_of_the_tree():
    known = {node.path for node in categories()}

    assert all(set(group.paths) <= known for group in demo_groups())


def test_rules_name_groups():
    assert {rule.group for rule in demo_rules()} <= {group.key for group in demo_groups()}


def test_the_list_opens_as_the_talk_printed_it():
    pairs = [(rule.keyword, rule.group) for rule in demo_rules()]

    assert pairs[:3] == [("여성", "kids"), ("여성", "men"), ("여성", "pregnancy")]
    assert ("유아동", "jeans") in pairs


@pytest.mark.parametrize("rule", demo_rules(), ids=lambda rule: f"{rule.keyword}-{rule.group}")
def test_four_in_five_rows_that_a_rule_drops_are_truly_misfiled(rule, delivered):
    dropped = hits(rule, delivered)
    misfiled = [row for row in dropped if row.category_path not in row.acceptable]

    assert dropped
    assert len(misfiled) >= 0.8 * len(dropped)


def test_women_among_childrens_clothes_are_frequent_enough_to_matter(delivered):
    assert len(hits(demo_rules()[0], delivered)) > 100
