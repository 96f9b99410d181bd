import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from tests.factories import AnnotationFactory, AssignmentFactory, CategoryFactory, RoundFactory
from tests.labelling.label_script import script_of

pytestmark = pytest.mark.django_db

MOST_SCRIPT = 60_000  # bytes over the network, the finder included


@pytest.fixture
def client(annotator) -> Client:
    client = Client()
    client.force_login(annotator, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_filter_in_the_address_narrows_what_comes(client):
    round = RoundFactory()
    AssignmentFactory(round=round, sample__name="red coat")
    AssignmentFactory(round=round, sample__name="blue coat")

    page = client.get(f"/label/{round.pk}/?words=blue").content.decode()

    assert [each["sample"]["name"] for each in script_of(page)["assignments"]] == ["blue coat"]
    assert script_of(page)["round"]["filter"] == {"q": "blue"}


def test_a_field_that_the_round_hides_is_no_filter(client):
    waiting = AssignmentFactory(round=RoundFactory(fields_shown=[]), sample__brand="acme")

    page = client.get(f"/label/{waiting.round.pk}/?brand=other").content.decode()

    assert script_of(page)["round"]["filter"] == {}


def test_a_filter_that_nothing_fits_can_be_cleared(client):
    waiting = AssignmentFactory()

    page = client.get(f"/label/{waiting.round.pk}/?words=nowhere").content.decode()

    assert "nowhere" in page
    assert f'href="/label/{waiting.round.pk}/"' in page


def test_the_page_is_never_shown_from_a_cache(client):
    waiting = AssignmentFactory()

    answer = client.get(f"/label/{waiting.round.pk}/")

    assert "no-store" in answer["Cache-Control"]


def test_an_assisted_page_says_how_often_suggestions_were_taken(client):
    jacket, coat = CategoryFactory(), CategoryFactory()
    round = RoundFactory(is_blind=False)
    shown = [[jacket.pk, 0.7], [coat.pk, 0.2]]
    for taken in (jacket, jacket, coat):
        AnnotationFactory(round=round, category=taken, is_assisted=True, suggestions=shown)
    AssignmentFactory(round=round, suggestions=shown)

    page = client.get(f"/label/{round.pk}/").content.decode()

    assert script_of(page)["acceptance"] == [
        {"taken": 2, "offered": 3},
        {"taken": 1, "offered": 3},
    ]


def test_a_blind_page_brings_no_acceptance(client):
    AnnotationFactory(round=RoundFactory(), is_assisted=True, suggestions=[[1, 0.5]])
    waiting = AssignmentFactory()

    page = client.get(f"/label/{waiting.round.pk}/").content.decode()

    assert script_of(page)["acceptance"] == []


def test_without_an_address_nothing_is_searched_outside(client):
    waiting = AssignmentFactory()

    page = client.get(f"/label/{waiting.round.pk}/").content.decode()

    assert "data-outside" not in page


def test_the_name_is_searched_at_the_configured_address(client, settings):
    settings.SEARCH_URL = "https://search.example.com/?q={query}"
    waiting = AssignmentFactory(sample__name="red & blue")

    page = client.get(f"/label/{waiting.round.pk}/").content.decode()

    assert 'href="https://search.example.com/?q=red%20%26%20blue"' in page
    assert 'rel="noopener noreferrer"' in page


def test_the_page_asks_who_is_logged_in(client, annotator):
    assert client.get("/label/person/").json() == {"person": annotator.pk}


def test_after_a_new_login_the_waiting_window_is_named(client):
    assert "Close this window and go on in the other one" in client.get("/label/logged-in/").text


def test_people_see_their_own_numbers_only(client, annotator):
    mine = AnnotationFactory(annotator=annotator, answered_at=timezone.now())
    AnnotationFactory.create_batch(2, round=mine.round, answered_at=timezone.now())

    answer = client.get(f"/label/{mine.round.pk}/pace/")

    assert (answer.context["own"].today, answer.context["own"].in_round) == (1, 1)


def test_the_numbers_of_a_round_of_others_are_not_found(client):
    round = RoundFactory(is_for_everyone=False)

    assert client.get(f"/label/{round.pk}/pace/").status_code == 404


@pytest.mark.parametrize("address", ["/label/person/", "/label/logged-in/", "/label/1/pace/"])
def test_what_belongs_to_the_page_is_closed_to_others(as_role, address):
    assert as_role("pm").get(address).status_code == 403
    assert Client().get(address).url.startswith("/accounts/login/")


def test_the_scripts_of_the_page_are_small_and_all_named_for_the_browser(client):
    waiting = AssignmentFactory()

    page = client.get(f"/label/{waiting.round.pk}/").content.decode()

    named = re.findall(r'(?:<script[^>]* src|rel="modulepreload" href)="/static/([^"]+)"', page)
    scripts = {settings.BASE_DIR / "static" / name for name in named}
    assert scripts == {settings.BASE_DIR / "static/labelhub.js", *_modules("labelling/label.js")}
    assert sum(len(gzip.compress(script.read_bytes())) for script in scripts) < MOST_SCRIPT


def _modules(name: str) -> set[Path]:
    """Return a module's file and those of all that it imports."""
    found, waiting = set(), [settings.BASE_DIR / "static" / name]
    while waiting:
        path = waiting.pop().resolve()
        if path not in found:
            found.add(path)
            named = re.findall(r'from "(\.[^"]+)"', path.read_text(encoding="utf-8"))
            waiting += [path.parent / each for each in named]
    return found
