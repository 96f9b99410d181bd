from __future__ import annotations

import re
from io import StringIO

import pytest
from django.core.management import call_command

from analysis.models import CategoryGroup, ExclusionRule
from analysis.services import demo, demo_exclusions, exclusions
from labelhub.catalog.models import Category, ImportBatch, Sample
from labelhub.jobs.models import Job
from labelhub.labelling.models import Annotation, Consensus, Round
from labelhub.registry.models import Corpus, ModelVersion, Run
from tests.analysis.demo_walk import predicted, take
from tests.analysis.demo_walk import walk as walk
from tests.factories import NOW, CorpusFactory, JobFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_imports_leave_a_labelled_round_and_a_corpus(walk):
    take(walk, *demo.IMPORTS)

    assert Sample.objects.count() == 40
    assert Annotation.objects.count() == 2 * 36
    assert Consensus.objects.filter(state="settled").exists()
    assert Corpus.objects.get().rows == 60
    assert Round.objects.get().assignments.filter(answered_at=None).count() == 2 * 4


def test_categories_keep_their_codes_and_catch_alls(walk):
    take(walk, demo._import_categories)

    assert Category.objects.get(code="50000418").path == "출산/육아>유아동의류>재킷"
    assert Category.objects.get(name="기타주얼리").is_catch_all


def test_a_step_taken_again_changes_nothing(walk):
    take(walk, *demo.IMPORTS)
    batches = ImportBatch.objects.count()

    take(walk, *demo.IMPORTS)

    assert ImportBatch.objects.count() == batches
    assert Annotation.objects.count() == 2 * 36
    assert Corpus.objects.count() == 1


def test_a_refused_import_says_which_file_and_why(walk):
    walk.files.categories.write_text("category_id,name\n1,nothing\n", encoding="utf-8")

    with pytest.raises(demo.DemoFailed, match=re.escape("categories.csv")):
        take(walk, demo._import_categories)


def test_files_of_killed_attempts_are_removed_and_none_stay(settings):
    left = settings.DATA / "demo-market-killed"
    left.mkdir()

    with demo._market(1, 1) as files:
        assert files.samples.exists()
        assert not left.exists()

    assert not list(settings.DATA.glob("demo-market-*"))


def test_a_version_goes_live_when_it_passes_the_gate(walk):
    take(walk, *demo.IMPORTS)
    run = Run.objects.create(version_name="v1", corpus=Corpus.objects.get(), seed=0, created_at=NOW)
    predicted(walk, name="v1", origin="trained", run=run, folder="v1")

    demo._go_live_plainly(walk)

    assert ModelVersion.objects.get(stage="live").name == "v1"


def test_the_exclusion_list_of_the_talk_is_in_force_once(walk):
    take(walk, demo._import_categories, demo_exclusions.exclude, demo_exclusions.exclude)

    rules = set(ExclusionRule.objects.in_force().values_list("keyword", "group__name"))
    assert ("여성", "유아동") in rules
    assert len(rules) == ExclusionRule.objects.count() == 8
    assert CategoryGroup.objects.count() == 6
    assert exclusions.current_version() == 8


def test_a_training_that_failed_fails_the_demo_with_its_reason(walk):
    corpus = CorpusFactory()
    training = JobFactory(kind="train", state="failed", error="No memory.", finished_at=NOW)
    run = Run.objects.create(version_name="v1", corpus=corpus, seed=0, job=training, created_at=NOW)

    with pytest.raises(demo.DemoFailed, match="No memory"):
        demo._wait_for(walk, run)


def test_a_failed_training_is_tried_again_when_the_demo_is(walk, monkeypatch):
    training = JobFactory(kind="train", state="failed", finished_at=NOW)
    Run.objects.create(
        version_name="v1", corpus=CorpusFactory(), seed=0, job=training, created_at=NOW
    )
    monkeypatch.setattr(demo, "_wait_for", lambda walk, run: None)

    demo._train_plainly(walk)

    training.refresh_from_db()
    assert training.state == Job.State.WAITING


def test_the_demo_is_asked_for_once_an_installation():
    first = demo.start(by=UserFactory())
    Job.objects.filter(pk=first.pk).update(state="done", finished_at=NOW)

    assert demo.start(by=UserFactory()) == first


def test_the_command_prints_four_logins_and_asks_for_the_demo():
    said = StringIO()

    call_command("seed_demo", stdout=said)

    lines = re.findall(
        r"^\s*(annotator|curator|pm|admin)\s+(\S+)\s+(\S+)\s*$", said.getvalue(), re.M
    )
    assert len(lines) == 4
    assert Job.objects.get(kind="seed_demo").asked_by.username == "admin"


def test_the_command_leaves_an_installation_in_use_alone():
    UserFactory()
    said = StringIO()

    call_command("seed_demo", stdout=said)

    assert "demo" in said.getvalue() or "데모" in said.getvalue()
    assert not Job.objects.exists()
