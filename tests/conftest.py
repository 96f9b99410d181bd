"""Fixtures that every test may use."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import pytest
from django.core.management import call_command
from django.test import Client
from django.utils.translation.reloader import translation_file_changed
from factory.base import FactoryMetaClass

from labelhub.accounts.models import User
from labelhub.accounts.roles import Role
from tests import factories
from tests.factories import UserFactory

pytest_plugins = ["tests.spreading", "tests.brokers"]

# The same examples on every run, and none too slow for a busy machine.
hypothesis.settings.register_profile(
    "suite",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("suite")


@pytest.fixture(scope="session", autouse=True)
def compiled_messages() -> None:
    """Pages are tested in Korean too, so the messages must be there, and be read again."""
    call_command("compile_messages", verbosity=0)
    translation_file_changed(sender=None, file_path=Path("django.mo"))


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path) -> None:
    """Each test has its own data folder, so that no file of one is seen by another."""
    settings.DATA = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "media"), "base_url": "/media/"},
        },
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def same_numbers() -> None:
    """The names that factories make up do not depend on the tests that ran before."""
    for each in vars(factories).values():
        if isinstance(each, FactoryMetaClass):
            each.reset_sequence(0, force=True)


@pytest.fixture
def as_role(db):
    """Return a function that gives a browser-like client logged in with the role."""

    def login(role: str | Role) -> Client:
        client = Client()
        client.force_login(
            UserFactory(role=role), backend="django.contrib.auth.backends.ModelBackend"
        )
        return client

    return login


@pytest.fixture
def curator(db) -> User:
    return UserFactory(role=Role.CURATOR)


@pytest.fixture
def annotator(db) -> User:
    return UserFactory(role=Role.ANNOTATOR)


@pytest.fixture
def admin(db) -> User:
    return UserFactory(role=Role.ADMIN)
