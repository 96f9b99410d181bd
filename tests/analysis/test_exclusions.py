from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction

from analysis.models import ExclusionRule, ListVersion
from analysis.services import exclusions
from labelhub.accounts.models import AuditEntry
from tests.factories import NOW, CategoryFactory, CategoryGroupFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def kids(db):
    group = CategoryGroupFactory(name="kids")
    group.categories.set([CategoryFactory(path="육아>의류"), CategoryFactory(path="육아>완구")])
    return group


def add(group, keyword="여성", base=0, by=None, **words) -> ExclusionRule:
    rule = exclusions.draft(group=group, keyword=keyword, **words)
    return exclusions.add_rule(rule=rule, base=base, by=by, now=NOW)


def remove(rule, base, reason="was wrong") -> ListVersion:
    return exclusions.remove_rule(rule=rule, reason=reason, base=base, by=None, now=NOW)


def test_an_empty_list_has_version_zero_and_no_rules(db):
    assert exclusions.current_version() == 0
    assert exclusions.rules_in_force() == ()


def test_adding_a_rule_makes_a_version_with_its_reason(kids, curator):
    add(kids, reason="grown-ups' words", by=curator)

    version = ListVersion.objects.get()
    assert (version.number, version.reason, version.by) == (1, "grown-ups' words", curator)


def test_a_rule_travels_down_with_the_paths_of_its_group(kids):
    rule = add(kids, unless=["남녀 공용", " "])

    [value] = exclusions.rules_in_force()
    assert value.categories == frozenset({"육아>의류", "육아>완구"})
    assert (value.id, value.keyword, value.unless) == (str(rule.pk), "여성", ("남녀 공용",))


def test_a_keyword_is_kept_as_it_will_be_matched(kids):
    assert add(kids, keyword="  WOMEN's  Wear ").keyword == "women's wear"


def test_removing_a_rule_makes_a_version_without_it(kids):
    rule = add(kids)

    version = remove(rule, base=1)

    assert version.number == 2
    assert exclusions.rules_in_force() == ()


def test_an_earlier_version_keeps_its_rules(kids):
    rule = add(kids)
    remove(rule, base=1)

    [then] = exclusions.rules_at(number=1)
    assert then.keyword == "여성"
    assert exclusions.rules_at(number=2) == ()


def test_a_change_that_came_in_between_is_refused(kids):
    add(kids, keyword="여성", base=0)

    with pytest.raises(exclusions.StaleList):
        add(kids, keyword="남성", base=0)

    assert ListVersion.objects.count() == 1
    assert ExclusionRule.objects.count() == 1


def test_two_versions_never_share_a_number(kids):
    add(kids)

    with pytest.raises(IntegrityError), transaction.atomic():
        ListVersion.objects.create(number=1, reason="at the same moment", created_at=NOW)


def test_one_keyword_has_one_rule_a_group(kids):
    add(kids)

    with pytest.raises(exclusions.RuleInForce, match="kids"):
        add(kids, base=1)

    assert exclusions.current_version() == 1


def test_a_removed_rule_can_be_added_again(kids):
    remove(add(kids), base=1)

    add(kids, base=2)

    assert len(exclusions.rules_in_force()) == 1


def test_a_rule_is_removed_once(kids):
    rule = add(kids)
    remove(rule, base=1)

    with pytest.raises(exclusions.RuleInForce):
        remove(rule, base=2)

    assert exclusions.current_version() == 2


def test_a_keyword_of_blanks_is_refused(kids):
    with pytest.raises(exclusions.BadRule):
        exclusions.draft(group=kids, keyword="  ")


def test_parts_of_words_are_not_stripped(kids):
    with pytest.raises(exclusions.BadRule):
        exclusions.draft(group=kids, keyword="여성", action="strip", is_substring=True)


def test_a_group_without_categories_makes_no_rule(db):
    with pytest.raises(exclusions.BadRule):
        exclusions.draft(group=CategoryGroupFactory(), keyword="여성")


def test_each_change_leaves_an_audit_entry(kids, curator):
    rule = add(kids, by=curator)
    exclusions.remove_rule(rule=rule, reason="no", base=1, by=curator, now=NOW)

    added, removed = AuditEntry.objects.order_by("pk")
    assert (added.verb, removed.verb) == ("added an exclusion rule", "removed an exclusion rule")
    assert added.details["keyword"] == "여성"
    assert removed.details["version"] == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_at_the_same_moment_one_is_refused(kids):
    both_have_looked = Barrier(2)

    def add_one(keyword: str) -> str:
        try:
            rule = exclusions.draft(group=kids, keyword=keyword)
            both_have_looked.wait(timeout=60)
            exclusions.add_rule(rule=rule, base=0, by=None, now=NOW)
        except exclusions.StaleList:
            return "refused"
        finally:
            connection.close()
        return "saved"

    with ThreadPoolExecutor(2) as threads:
        ended = sorted(threads.map(add_one, ["여성", "남성"]))

    assert ended == ["refused", "saved"]
    assert ListVersion.objects.count() == ExclusionRule.objects.count() == 1
