from __future__ import annotations

import json
from unittest.mock import patch

import pytest

from analysis.services import demo_logins
from labelhub.accounts.models import User
from labelhub.accounts.roles import Role
from tests.factories import NOW, UserFactory

pytestmark = pytest.mark.django_db


def test_everybody_gets_a_login_of_each_role():
    made = demo_logins.logins(now=NOW)

    assert [login.role for login in made] == ["annotator", "curator", "pm", "admin"]
    assert set(User.objects.values_list("username", "role")) == {(r, r) for r in Role.values}


def test_passwords_open_the_door_and_differ():
    made = demo_logins.logins(now=NOW)

    people = [User.objects.get(username=login.username) for login in made]
    assert all(
        person.check_password(login.password) for person, login in zip(people, made, strict=True)
    )
    assert len({login.password for login in made}) == 4


def test_a_second_start_prints_the_same_logins():
    first = demo_logins.logins(now=NOW)

    assert demo_logins.logins(now=NOW) == first
    assert User.objects.count() == 4


def test_a_start_that_was_killed_before_the_accounts_makes_them():
    killed = patch.object(demo_logins.people, "create", side_effect=KeyboardInterrupt)
    with killed, pytest.raises(KeyboardInterrupt):
        demo_logins.logins(now=NOW)

    made = demo_logins.logins(now=NOW)

    assert User.objects.get(username="pm").check_password(made[2].password)
    assert User.objects.count() == 4


def test_logins_are_kept_for_their_owner_alone(settings):
    demo_logins.logins(now=NOW)

    kept = settings.DATA / "demo_logins.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert len(json.loads(kept.read_text())) == 4


def test_an_installation_with_people_of_its_own_gets_no_demo():
    UserFactory()

    with pytest.raises(demo_logins.InUse, match="demo"):
        demo_logins.logins(now=NOW)

    assert User.objects.count() == 1
