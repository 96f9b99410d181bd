"""What a run reads of a product: offered by what the corpus has."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from labelhub.registry.models import Run
from tests.factories import CorpusFactory

pytestmark = pytest.mark.django_db

NEW = reverse("analysis:run-new")
TYPED = {"version_name": "v1", "epochs": 2, "seed": 0}


def boxes(page) -> dict[str, tuple[bool, bool]]:
    """Return of each choice whether it is ticked and whether it can be."""
    shown = page.context["form"]["branches"].subwidgets
    return {
        box.data["value"]: (box.data["selected"], "disabled" not in box.data["attrs"])
        for box in shown
    }


@pytest.fixture
def whole(db):
    return CorpusFactory(name="whole", mall_rows=5, picture_rows=5)


@pytest.fixture
def plain(db):
    return CorpusFactory(name="plain")


def test_all_that_the_newest_corpus_has_is_ticked(as_role, plain, whole):
    page = as_role("curator").get(NEW)

    every = (True, True)
    assert boxes(page) == {"name": every, "mall": every, "image": every}


def test_what_the_chosen_corpus_lacks_cannot_be_ticked(as_role, plain, whole):
    page = as_role("curator").get(NEW, {"corpus": plain.pk})

    assert boxes(page) == {"name": (True, True), "mall": (False, False), "image": (False, False)}
    assert "not in this corpus" in page.content.decode()


def test_the_choice_goes_into_the_run(as_role, whole):
    typed = {**TYPED, "corpus": whole.pk, "branches": ["name", "image"]}

    as_role("curator").post(NEW, typed)

    assert Run.objects.get().config["branches"] == ["name", "image"]


@pytest.mark.parametrize("branches", [["name", "image"], ["mall"], []])
def test_branches_that_the_corpus_lacks_and_none_at_all_are_refused(as_role, plain, branches):
    page = as_role("curator").post(NEW, {**TYPED, "corpus": plain.pk, "branches": branches})

    assert page.context["form"].errors["branches"]
    assert not Run.objects.exists()


@pytest.mark.parametrize("role", ["annotator", "pm"])
def test_others_start_no_training(as_role, whole, role):
    typed = {**TYPED, "corpus": whole.pk, "branches": ["name"]}

    assert as_role(role).post(NEW, typed).status_code == 403
    assert not Run.objects.exists()


def test_nobody_starts_a_training_unasked(client, whole):
    assert client.post(NEW, {**TYPED, "corpus": whole.pk, "branches": ["name"]}).status_code == 302
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    ("given", "branches"),
    [([], ["name", "mall", "image"]), (["--branches", "image", "name"], ["name", "image"])],
)
def test_the_command_takes_all_that_the_corpus_has_unless_told(whole, given, branches):
    call_command("train", "--corpus", "whole", "--name", "v1", *given)

    assert Run.objects.get().config["branches"] == branches


def test_the_command_says_what_a_corpus_lacks(plain):
    with pytest.raises(CommandError, match="no pictures"):
        call_command("train", "--corpus", "plain", "--name", "v1", "--branches", "image")


@pytest.mark.parametrize(("given", "is_asked"), [(["--sample-names"], True), ([], False)])
def test_the_command_learns_from_names_of_samples_if_told(plain, given, is_asked):
    call_command("train", "--corpus", "plain", "--name", "v1", *given)

    assert Run.objects.get().learns_sample_names == is_asked


def test_the_command_cleans_if_told(plain):
    call_command("train", "--corpus", "plain", "--name", "v1", "--cleaning", "selfie")

    assert Run.objects.get().config["cleaning"] == "selfie"
