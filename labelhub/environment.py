"""Read what the environment says, and refuse with a sentence what cannot be right."""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import zoneinfo
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

PRODUCTION = "production"
LOCAL = "local"
DAWID_SKENE = "dawid_skene"
MAJORITY = "majority"
BROKER_SCHEMES = ("amqp", "amqps", "redis", "rediss")
IMAGENET = "imagenet"
LEAST_SIDE, MOST_SIDE = 32, 1024  # pixels: less shows nothing, more no backbone has seen
MOST_DAYS = 36_500  # a hundred years: for ever
SHORTEST_SECRET = 50  # characters; Django's own deploy check asks for as many
HOST = re.compile(r"\*|\.?[\w-]+(\.[\w-]+)*|\[[0-9a-fA-F:]+\]")  # a leading dot: and all below
IMAGE_HOST = re.compile(r"(\*\.)?[\w-]+(\.[\w-]+)*(:\d+)?")


def mode() -> str:
    """Return `local` or `production` (LABELHUB_ENV)."""
    value = os.environ.get("LABELHUB_ENV", LOCAL)
    if value not in (LOCAL, PRODUCTION):
        raise ImproperlyConfigured(f"LABELHUB_ENV must be local or production, not {value!r}.")
    return value


def data_folder(default: Path) -> Path:
    """Return the folder of what is not in PostgreSQL (LABELHUB_DATA); it is made if missing."""
    return _made(Path(os.environ.get("LABELHUB_DATA") or default).resolve(), "LABELHUB_DATA")


def _made(folder: Path, name: str) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"{name}: cannot make {folder}: {error}.") from error
    return folder


def required(name: str, why: str) -> str:
    """Return a variable that production cannot do without."""
    value = os.environ.get(name, "").strip()
    if not value:
        raise ImproperlyConfigured(f"{name} is not set: {why}")
    return value


def secret_key(folder: Path) -> str:
    """Return LABELHUB_SECRET_KEY; locally a key made once and kept in the data folder."""
    if mode() == PRODUCTION:
        key = required("LABELHUB_SECRET_KEY", "sessions and links are signed with it.")
        if len(key) < SHORTEST_SECRET:
            raise ImproperlyConfigured(
                f"LABELHUB_SECRET_KEY has {len(key)} characters; use at least {SHORTEST_SECRET}."
            )
        return key
    return os.environ.get("LABELHUB_SECRET_KEY") or _kept_secret(folder / "secret_key")


def _kept_secret(path: Path) -> str:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(handle, "r+") as file:
        # Of two processes that start at once, one makes the key and both read it.
        fcntl.flock(file, fcntl.LOCK_EX)
        if kept := file.read().strip():
            return kept
        made = secrets.token_urlsafe(SHORTEST_SECRET)
        file.write(made)
        return made


def allowed_hosts() -> list[str]:
    """Return the host names this installation answers to (LABELHUB_ALLOWED_HOSTS, commas)."""
    if mode() == PRODUCTION:
        value = required("LABELHUB_ALLOWED_HOSTS", "name the hosts, separated by commas.")
    else:
        value = os.environ.get("LABELHUB_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
    hosts = [host.strip() for host in value.split(",") if host.strip()]
    if not hosts or not all(HOST.fullmatch(host) for host in hosts):
        raise ImproperlyConfigured(
            "LABELHUB_ALLOWED_HOSTS must be names such as labelhub.example.com, separated by"
            f" commas, without https:// and port, not {value!r}."
        )
    return hosts


def trusted_origins(hosts: list[str]) -> list[str]:
    """Return the origins from which forms may come over HTTPS: the hosts themselves."""
    return [
        f"https://*{host}" if host.startswith(".") else f"https://{host}"
        for host in hosts
        if host != "*"
    ]


def database_url() -> str:
    """Return DATABASE_URL; `./run` sets it to the embedded server where nobody else did."""
    value = required(
        "DATABASE_URL",
        "use ./run, which starts a database, or name a PostgreSQL server.",
    )
    if urlsplit(value).scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured("DATABASE_URL must start with postgres:// or postgresql://.")
    if not _names_a_database(value):
        # Its text is not repeated, because it holds the password.
        raise ImproperlyConfigured(
            "DATABASE_URL must read postgres://user:password@host:port/database, with signs such"
            " as / and @ of the password written as %2F and %40."
        )
    return value


def _names_a_database(url: str) -> bool:
    parts = urlsplit(url)
    try:
        _ = parts.port
    except ValueError:
        return False
    return bool(parts.path.strip("/"))


def broker_url() -> str | None:
    """Return LABELHUB_BROKER_URL, or None for the folder that serves one machine."""
    value = os.environ.get("LABELHUB_BROKER_URL", "").strip()
    if not value:
        if mode() == PRODUCTION:
            required(
                "LABELHUB_BROKER_URL",
                "name a RabbitMQ (amqp://) or Redis (redis://) server.",
            )
        return None
    if urlsplit(value).scheme not in BROKER_SCHEMES:
        raise ImproperlyConfigured(
            f"LABELHUB_BROKER_URL must start with one of {', '.join(BROKER_SCHEMES)}."
        )
    return value


def storage(folder: Path) -> dict[str, object]:
    """Return Django's storage of images: a folder, or an S3 bucket (LABELHUB_STORAGE)."""
    value = os.environ.get("LABELHUB_STORAGE", "").strip()
    if value.startswith("s3://"):
        parts = urlsplit(value)
        if not parts.netloc:
            raise ImproperlyConfigured("LABELHUB_STORAGE names no bucket: s3://bucket/prefix.")
        options = {"bucket_name": parts.netloc, "location": parts.path.strip("/")}
        return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    if value and not value.startswith("/"):
        raise ImproperlyConfigured("LABELHUB_STORAGE must be an absolute folder or s3://bucket.")
    location = _made(Path(value) if value else folder / "media", "LABELHUB_STORAGE")
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(location), "base_url": "/media/"},
    }


def time_zone() -> str:
    """Return the zone in which times are read and shown (LABELHUB_TIME_ZONE)."""
    name = os.environ.get("LABELHUB_TIME_ZONE", "Asia/Seoul")
    if name not in zoneinfo.available_timezones():
        raise ImproperlyConfigured(f"LABELHUB_TIME_ZONE: {name!r} is not a time zone.")
    return name


def job_lease() -> timedelta:
    """Return how long a worker holds a job without a sign of life (LABELHUB_JOB_LEASE, seconds)."""
    value = os.environ.get("LABELHUB_JOB_LEASE", "30")
    if not value.isdecimal() or int(value) < 1:
        raise ImproperlyConfigured(f"LABELHUB_JOB_LEASE must be whole seconds, not {value!r}.")
    return timedelta(seconds=int(value))


def image_hosts() -> list[str]:
    """Return the hosts whose images the browser may show (LABELHUB_IMAGE_HOSTS, commas)."""
    value = os.environ.get("LABELHUB_IMAGE_HOSTS", "")
    hosts = [host.strip() for host in value.split(",") if host.strip()]
    if not all(IMAGE_HOST.fullmatch(host) for host in hosts):
        raise ImproperlyConfigured(
            "LABELHUB_IMAGE_HOSTS must be names such as img.example.com, separated by commas,"
            f" without https://, not {value!r}."
        )
    return [f"https://{host}" for host in hosts]


def search_url() -> str:
    """Return where else a product is looked up (LABELHUB_SEARCH_URL, with {query}), or nothing."""
    value = os.environ.get("LABELHUB_SEARCH_URL", "").strip()
    parts = urlsplit(value)
    if value and (
        parts.scheme not in ("http", "https") or not parts.netloc or "{query}" not in value
    ):
        raise ImproperlyConfigured(
            "LABELHUB_SEARCH_URL must be an address such as https://example.com/search?q={query},"
            f" with {{query}} where the words go, not {value!r}."
        )
    return value


def days(name: str, default: int) -> timedelta:
    """Return a number of days, at least one, from the variable of this name."""
    value = os.environ.get(name, str(default)).strip()
    if not (value.isascii() and value.isdecimal() and 1 <= int(value) <= MOST_DAYS):
        raise ImproperlyConfigured(
            f"{name} must be a whole number of days from 1 to {MOST_DAYS}, not {value!r}."
        )
    return timedelta(days=int(value))


def backbone() -> str | None:
    """Return what runs see pictures with (LABELHUB_BACKBONE); None chooses by the weights."""
    return os.environ.get("LABELHUB_BACKBONE", "").strip() or None


def backbone_weights() -> str | None:
    """Return its weights (LABELHUB_BACKBONE_WEIGHTS): a file, `imagenet`, or None for none."""
    value = os.environ.get("LABELHUB_BACKBONE_WEIGHTS", "").strip()
    if value and value != IMAGENET and not Path(value).is_file():
        raise ImproperlyConfigured(
            f"LABELHUB_BACKBONE_WEIGHTS must be a file of weights, or {IMAGENET} to download them:"
            f" there is no file {value}."
        )
    return value or None


def picture_side() -> int:
    """Return the side of the squares that trainings see, in pixels (LABELHUB_PICTURE_SIDE)."""
    value = os.environ.get("LABELHUB_PICTURE_SIDE", "224").strip()
    if not (value.isascii() and value.isdecimal() and LEAST_SIDE <= int(value) <= MOST_SIDE):
        raise ImproperlyConfigured(
            f"LABELHUB_PICTURE_SIDE must be pixels from {LEAST_SIDE} to {MOST_SIDE}, not {value!r}."
        )
    return int(value)


def target_accuracy() -> float:
    """Return the accuracy that the model should reach (LABELHUB_TARGET_ACCURACY, a fraction)."""
    value = os.environ.get("LABELHUB_TARGET_ACCURACY", "0.94")
    try:
        target = float(value)
    except ValueError:
        target = 0.0
    if not 0 < target <= 1:
        raise ImproperlyConfigured(
            f"LABELHUB_TARGET_ACCURACY must be a fraction such as 0.94, not {value!r}."
        )
    return target


def consensus_method() -> str:
    """Return how three answers or more settle (LABELHUB_CONSENSUS): dawid_skene or majority."""
    value = os.environ.get("LABELHUB_CONSENSUS", DAWID_SKENE)
    if value not in (DAWID_SKENE, MAJORITY):
        raise ImproperlyConfigured(
            f"LABELHUB_CONSENSUS must be {DAWID_SKENE} or {MAJORITY}, not {value!r}."
        )
    return value
