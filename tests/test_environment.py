"""What the environment says wrongly is refused at start, with the variable and what to write."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from labelhub import environment

DATA = Path("/nowhere")


@pytest.fixture(autouse=True)
def production(monkeypatch) -> None:
    monkeypatch.setenv("LABELHUB_ENV", "production")


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("LABELHUB_SECRET_KEY", lambda: environment.secret_key(DATA)),
        ("LABELHUB_ALLOWED_HOSTS", environment.allowed_hosts),
        ("DATABASE_URL", environment.database_url),
        ("LABELHUB_BROKER_URL", environment.broker_url),
    ],
)
def test_production_refuses_to_start_without_it(monkeypatch, name, read):
    monkeypatch.delenv(name, raising=False)

    with pytest.raises(ImproperlyConfigured, match=f"{name} is not set"):
        read()


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("LABELHUB_ENV", "prod", environment.mode),
        ("LABELHUB_SECRET_KEY", "short", lambda: environment.secret_key(DATA)),
        ("LABELHUB_ALLOWED_HOSTS", ",", environment.allowed_hosts),
        ("LABELHUB_ALLOWED_HOSTS", "https://hub.example.com", environment.allowed_hosts),
        ("LABELHUB_ALLOWED_HOSTS", "hub.example.com:8443", environment.allowed_hosts),
        ("DATABASE_URL", "mysql://host/hub", environment.database_url),
        ("DATABASE_URL", "postgres://host:port/hub", environment.database_url),
        ("DATABASE_URL", "postgres://host", environment.database_url),
        ("LABELHUB_BROKER_URL", "http://host", environment.broker_url),
        ("LABELHUB_STORAGE", "media", lambda: environment.storage(DATA)),
        ("LABELHUB_STORAGE", "s3://", lambda: environment.storage(DATA)),
        ("LABELHUB_STORAGE", "/dev/null/media", lambda: environment.storage(DATA)),
        ("LABELHUB_DATA", "/dev/null/data", lambda: environment.data_folder(DATA)),
        ("LABELHUB_TIME_ZONE", "Mars", environment.time_zone),
        ("LABELHUB_SEARCH_URL", "https://example.com/search", environment.search_url),
        ("LABELHUB_SEARCH_URL", "javascript:{query}", environment.search_url),
        ("LABELHUB_JOB_LEASE", "soon", environment.job_lease),
        ("LABELHUB_IMAGE_HOSTS", "img.example.com; script-src *", environment.image_hosts),
        ("LABELHUB_TARGET_ACCURACY", "94", environment.target_accuracy),
        ("LABELHUB_CONSENSUS", "median", environment.consensus_method),
        ("LABELHUB_BACKBONE_WEIGHTS", "/nowhere/weights.h5", environment.backbone_weights),
        ("LABELHUB_PICTURE_SIDE", "16", environment.picture_side),
        ("LABELHUB_PICTURE_SIDE", "large", environment.picture_side),
    ],
)
def test_a_wrong_value_is_refused_with_the_name_of_the_variable(monkeypatch, name, value, read):
    monkeypatch.setenv(name, value)

    with pytest.raises(ImproperlyConfigured, match=name):
        read()


def test_the_password_of_an_unreadable_database_address_is_not_repeated(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://hub:sec/ret@host/hub")

    with pytest.raises(ImproperlyConfigured) as refusal:
        environment.database_url()

    assert "sec" not in str(refusal.value)


def test_hosts_are_separated_by_commas(monkeypatch):
    monkeypatch.setenv("LABELHUB_ALLOWED_HOSTS", "hub.example.com, .example.org,[::1]")

    assert environment.allowed_hosts() == ["hub.example.com", ".example.org", "[::1]"]


def test_forms_may_come_from_the_hosts_and_from_what_lies_below_a_dotted_one():
    origins = environment.trusted_origins(["hub.example.com", ".example.org", "*"])

    assert origins == ["https://hub.example.com", "https://*.example.org"]


def test_pictures_are_seen_by_a_small_network_unless_weights_are_named(monkeypatch, tmp_path):
    for name in ("LABELHUB_BACKBONE", "LABELHUB_BACKBONE_WEIGHTS", "LABELHUB_PICTURE_SIDE"):
        monkeypatch.delenv(name, raising=False)
    assert (environment.backbone(), environment.backbone_weights()) == (None, None)
    assert environment.picture_side() == 224

    (tmp_path / "weights.h5").write_bytes(b"weights")
    for value in (str(tmp_path / "weights.h5"), "imagenet"):
        monkeypatch.setenv("LABELHUB_BACKBONE_WEIGHTS", value)
        assert environment.backbone_weights() == value


@pytest.mark.parametrize("value", ["0", "-1", "soon", "1.5", "99999"])
def test_days_must_be_whole_and_at_least_one(monkeypatch, value):
    monkeypatch.setenv("LABELHUB_KEEP_LOGINS_DAYS", value)

    with pytest.raises(ImproperlyConfigured, match="whole number of days"):
        environment.days("LABELHUB_KEEP_LOGINS_DAYS", 90)


def test_days_are_read_or_have_a_default(monkeypatch):
    monkeypatch.delenv("LABELHUB_KEEP_LOGINS_DAYS", raising=False)
    assert environment.days("LABELHUB_KEEP_LOGINS_DAYS", 90).days == 90

    monkeypatch.setenv("LABELHUB_KEEP_LOGINS_DAYS", "30")

    assert environment.days("LABELHUB_KEEP_LOGINS_DAYS", 90).days == 30
