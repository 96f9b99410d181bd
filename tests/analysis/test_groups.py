from __future__ import annotations

import pytest

from analysis.models import CategoryGroup, ListVersion, RuleImpact
from analysis.services import exclusions, groups
from tests.factories import NOW, CategoryFactory, CorpusFactory

pytestmark = pytest.mark.django_db


def make(name="kids", paths=("육아>의류",)) -> CategoryGroup:
    categories = [CategoryFactory(path=path) for path in paths]
    return groups.make_group(name=name, categories=categories, by=None, now=NOW)


def change(group, paths, base=0, name="kids") -> CategoryGroup:
    categories = [CategoryFactory(path=path) for path in paths]
    return groups.change_group(
        group=group, name=name, categories=categories, base=base, by=None, now=NOW
    )


def add_rule(group, base=0):
    rule = exclusions.draft(group=group, keyword="여성")
    return exclusions.add_rule(rule=rule, base=base, by=None, now=NOW)


def test_a_group_holds_the_chosen_categories():
    group = make(paths=("육아>의류", "육아>완구"))

    assert set(group.categories.values_list("path", flat=True)) == {"육아>의류", "육아>완구"}


def test_a_group_needs_a_category():
    with pytest.raises(groups.BadGroup):
        make(paths=())


def test_a_group_needs_a_name():
    with pytest.raises(groups.BadGroup):
        make(name="  ")


def test_a_group_name_has_at_most_100_letters():
    with pytest.raises(groups.BadGroup, match="100"):
        make(name="k" * 101)


def test_a_group_name_is_given_once():
    make()

    with pytest.raises(groups.BadGroup, match="kids"):
        make()


def test_changing_an_unused_group_leaves_the_list_alone():
    change(make(), ["육아>완구"])

    assert not ListVersion.objects.exists()


def test_changing_a_group_under_a_rule_is_a_new_version():
    group = make()
    add_rule(group)

    change(group, ["육아>완구"], base=1)

    [now], [before] = exclusions.rules_at(number=2), exclusions.rules_at(number=1)
    assert now.categories == {"육아>완구"}
    assert before.categories == {"육아>의류"}


def test_renaming_a_group_under_a_rule_is_no_new_version():
    group = make()
    add_rule(group)

    change(group, ["육아>의류"], base=1, name="children")

    assert exclusions.current_version() == 1


def test_changing_a_group_forgets_what_its_rules_hit():
    group = make()
    rule = add_rule(group)
    RuleImpact.objects.create(rule=rule, corpus=CorpusFactory(), rows=3, computed_at=NOW)

    change(group, ["육아>완구"], base=1)

    assert not RuleImpact.objects.exists()


def test_a_group_changed_from_a_stale_page_is_refused():
    group = make()
    add_rule(group)

    with pytest.raises(exclusions.StaleList):
        change(group, ["육아>완구"], base=0)


def test_a_group_that_no_rule_speaks_of_can_be_removed():
    groups.remove_group(group=make(), by=None, now=NOW)

    assert not CategoryGroup.objects.exists()


def test_a_group_with_a_rule_stays():
    group = make()
    add_rule(group)

    with pytest.raises(groups.GroupInUse):
        groups.remove_group(group=group, by=None, now=NOW)

    assert CategoryGroup.objects.exists()
