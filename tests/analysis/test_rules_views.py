from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analysis.models import ExclusionRule, ListVersion, RuleImpact
from analysis.services import exclusions
from labelhub.jobs.models import Job
from labelhub.jobs.services import carrying
from tests.factories import NOW, CategoryFactory, CategoryGroupFactory
from tests.registry.rows import SHIRT, make_corpus

pytestmark = pytest.mark.django_db

RULES = reverse("analysis:rules")
NEW = reverse("analysis:rule-new")


@pytest.fixture
def clothes(db):
    group = CategoryGroupFactory(name="clothes")
    group.categories.add(CategoryFactory(path="패션"))
    return group


def add(group, keyword="여성", **words) -> ExclusionRule:
    rule = exclusions.draft(group=group, keyword=keyword, **words)
    base = exclusions.current_version()
    return exclusions.add_rule(rule=rule, base=base, by=None, now=NOW)


def posted(group, **changed):
    typed = {"keyword": "여성", "group": group.pk, "action": "drop", "reason": "women", "base": 0}
    return {**typed, **changed}


@pytest.mark.parametrize("role", ["curator", "admin", "pm"])
def test_readers_of_analyses_see_the_list(as_role, clothes, role):
    add(clothes, reason="grown-ups")

    page = as_role(role).get(RULES)

    assert page.status_code == 200
    assert "여성" in page.content.decode()
    assert "grown-ups" in page.content.decode()


def test_annotators_do_not_see_the_list(as_role, db):
    assert as_role("annotator").get(RULES).status_code == 403


def test_a_pm_reads_the_list_but_gets_no_buttons(as_role, clothes):
    rule = add(clothes)
    page = as_role("pm").get(RULES).content.decode()

    assert NEW not in page
    assert reverse("analysis:rule-remove", args=[rule.pk]) not in page
    assert as_role("pm").post(NEW, posted(clothes, save="1")).status_code == 403


def test_an_empty_list_says_what_to_do_next(as_role, db):
    page = as_role("curator").get(RULES)

    assert NEW in page.content.decode()


def test_the_table_shows_what_each_rule_hits(as_role, clothes, tmp_path):
    corpus = make_corpus(tmp_path)
    RuleImpact.objects.create(rule=add(clothes), corpus=corpus, rows=1234, computed_at=NOW)

    assert "1,234" in as_role("curator").get(RULES).content.decode()


def test_a_rule_shows_the_categories_it_hits(as_role, clothes, tmp_path):
    corpus = make_corpus(tmp_path)
    rule = add(clothes)
    rows = {"패션>바지": 1, SHIRT: 3}
    RuleImpact.objects.create(rule=rule, corpus=corpus, rows=4, per_category=rows, computed_at=NOW)

    page = as_role("pm").get(reverse("analysis:rule", args=[rule.pk]))

    [(_impact, by_category)] = page.context["impacts"]
    assert by_category == [(SHIRT, 3), ("패션>바지", 1)]


def test_a_longer_list_takes_no_more_queries(as_role, clothes, django_assert_num_queries):
    client = as_role("curator")
    add(clothes, "여성")
    client.get(RULES)
    with CaptureQueriesContext(connection) as few:
        client.get(RULES)
    for number in range(5):
        add(clothes, f"낱말{number}")

    with django_assert_num_queries(len(few)):
        client.get(RULES)


def test_a_filter_narrows_the_table(as_role, clothes):
    add(clothes, "여성")
    add(clothes, "남성")

    page = as_role("curator").get(RULES, {"q": "남"})

    assert [row.rule.keyword for row in page.context["page"]] == ["남성"]


def test_the_list_is_exported_as_shown(as_role, clothes):
    add(clothes, unless=["남녀"])

    sent = as_role("curator").get(RULES, {"format": "csv"})

    head, row = b"".join(sent).decode("utf-8-sig").splitlines()
    assert head.startswith("keyword,group,action,unless")
    assert row.startswith("여성,clothes,drop,남녀")


def test_a_rule_is_previewed_before_it_is_saved(as_role, clothes, tmp_path):
    make_corpus(tmp_path)
    client = as_role("curator")

    asked = client.post(NEW, posted(clothes))
    carrying.carry_out(Job.objects.get(kind="preview_rule").pk)
    page = client.get(asked.url).content.decode()

    assert not ExclusionRule.objects.exists()
    assert "여성 셔츠" in page
    assert 'value="여성"' in page


def test_a_waiting_preview_shows_its_progress(as_role, clothes, tmp_path):
    make_corpus(tmp_path)
    client = as_role("curator")

    page = client.get(client.post(NEW, posted(clothes)).url)

    assert f"job-{Job.objects.get().pk}" in page.content.decode()


def test_saving_a_rule_makes_a_version_and_counts_its_rows(as_role, clothes):
    answer = as_role("curator").post(NEW, posted(clothes, unless="남녀, 공용", save="1"))

    [rule] = exclusions.rules_in_force()
    assert answer.url == RULES
    assert rule.unless == ("남녀", "공용")
    assert ListVersion.objects.get().reason == "women"
    assert Job.objects.get().kind == "count_hits"


def test_a_rule_saved_from_a_stale_page_is_refused_with_the_reason(as_role, clothes):
    add(clothes, "남성")

    page = as_role("curator").post(NEW, posted(clothes, save="1"))

    assert page.status_code == 200
    assert ExclusionRule.objects.count() == 1
    assert page.context["form"].non_field_errors()


def test_a_removed_rule_leaves_the_list(as_role, clothes):
    rule = add(clothes)

    answer = as_role("curator").post(
        reverse("analysis:rule-remove", args=[rule.pk]), {"base": 1, "reason": "wrong"}
    )

    assert answer.url == RULES
    assert exclusions.rules_in_force() == ()


def test_a_removal_from_a_stale_page_is_a_conflict(as_role, clothes):
    rule = add(clothes)

    answer = as_role("curator").post(
        reverse("analysis:rule-remove", args=[rule.pk]), {"base": 0, "reason": "wrong"}
    )

    assert answer.status_code == 409
    assert len(exclusions.rules_in_force()) == 1


def test_an_old_version_shows_the_rules_of_then(as_role, clothes):
    rule = add(clothes)
    exclusions.remove_rule(rule=rule, reason="wrong", base=1, by=None, now=NOW)
    client = as_role("pm")

    then = client.get(reverse("analysis:list-version", args=[1]))
    now = client.get(reverse("analysis:list-version", args=[2]))

    assert [rule["keyword"] for rule in then.context["rules"]] == ["여성"]
    assert now.context["rules"] == []
    assert [rule.keyword for rule in now.context["removed"]] == ["여성"]


def test_counting_is_asked_for_once(as_role, clothes, tmp_path):
    make_corpus(tmp_path)
    add(clothes)
    client = as_role("curator")

    for _again in range(2):
        client.post(reverse("analysis:rule-count"))

    carrying.carry_out(Job.objects.get().pk)
    assert RuleImpact.objects.get().per_category == {SHIRT: 1}
