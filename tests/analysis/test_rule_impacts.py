from __future__ import annotations

import pytest

from analysis.models import RuleImpact
from analysis.services import exclusions, groups, impacts
from labelhub.jobs.models import Job
from labelhub.jobs.services import carrying
from tests.factories import NOW, CategoryFactory
from tests.registry.rows import PAN, SHIRT, make_corpus

pytestmark = pytest.mark.django_db


@pytest.fixture
def clothes(db):
    categories = [CategoryFactory(path="패션")]
    return groups.make_group(name="clothes", categories=categories, by=None, now=NOW)


def add(group, keyword, **words):
    rule = exclusions.draft(group=group, keyword=keyword, **words)
    base = exclusions.current_version()
    return exclusions.add_rule(rule=rule, base=base, by=None, now=NOW)


def carried(job: Job) -> Job:
    carrying.carry_out(job.pk)
    job.refresh_from_db()
    assert job.state == "done", job.error
    return job


def preview(rule) -> dict:
    job = carried(impacts.request_preview(rule=rule, by=None))
    [found] = job.result["corpora"]
    return found


def test_the_rows_of_each_rule_are_counted_in_each_corpus(tmp_path, clothes):
    corpus = make_corpus(tmp_path, copies=3)
    rule = add(clothes, "여성")

    carried(impacts.request_counts(by=None))

    counted = RuleImpact.objects.get()
    assert (counted.rule, counted.corpus, counted.rows) == (rule, corpus, 3)
    assert counted.per_category == {SHIRT: 3}
    assert impacts.is_counted()


def test_a_new_rule_leaves_something_to_count(tmp_path, clothes):
    make_corpus(tmp_path)

    add(clothes, "여성")

    assert not impacts.is_counted()


def test_counting_twice_changes_nothing(tmp_path, clothes):
    make_corpus(tmp_path)
    add(clothes, "여성")
    carried(impacts.request_counts(by=None))

    carried(impacts.request_counts(by=None))

    assert RuleImpact.objects.count() == 1


def test_rows_outside_the_group_are_not_hit(tmp_path, clothes):
    make_corpus(tmp_path)
    add(clothes, "프라이팬")

    carried(impacts.request_counts(by=None))

    assert RuleImpact.objects.get().rows == 0


def test_a_preview_shows_the_rows_before_the_rule_is_saved(tmp_path, clothes):
    make_corpus(tmp_path)

    found = preview(exclusions.draft(group=clothes, keyword="여성"))

    assert (found["corpus_rows"], found["rows"], found["categories"]) == (10, 1, 1)
    assert found["samples"] == [["여성 셔츠", SHIRT]]
    assert exclusions.current_version() == 0


def test_a_preview_tells_which_rules_hit_the_same_rows(tmp_path, clothes):
    make_corpus(tmp_path)
    other = add(clothes, "여성")

    found = preview(exclusions.draft(group=clothes, keyword="셔츠"))

    assert found["overlaps"] == [{"rule_id": str(other.pk), "keyword": "여성", "rows": 1}]


def test_a_preview_warns_of_a_keyword_in_the_name_of_its_category(tmp_path, clothes):
    make_corpus(tmp_path)

    found = preview(exclusions.draft(group=clothes, keyword="셔츠"))

    assert found["own_name"] == [SHIRT]
    assert PAN not in dict(found["by_category"])
