"""A pinned pip, fetched by its hash, for a Python that comes without one."""

from __future__ import annotations

import configparser
import hashlib
import os
import re
import ssl
import urllib.error
import urllib.request
from base64 import b64encode
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from labelhub.embedded.refusal import Refusal

WHEEL = "pip-26.3-py3-none-any.whl"
SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
DEFAULT_INDEX = "https://pypi.org/simple"
PAGE = "/pip/"
TIMEOUT = 60  # seconds


def fetch(folder: Path) -> Path:
    """
    Return the wheel in a folder, from the index that pip itself would use.

    A wheel is a zip that Python runs: `python pip-….whl/pip install …`.

    Raises:
        Refusal: the index cannot be reached, or serves something else under this name.
    """
    wheel = folder / WHEEL
    if wheel.exists() and _hash(wheel.read_bytes()) == SHA256:
        return wheel
    content = _download(index_address())
    if _hash(content) != SHA256:
        raise Refusal(f"The package index serves a {WHEEL} that is not the known one.")
    wheel.write_bytes(content)
    return wheel


def index_address() -> str:
    """Return the address of the package index: PIP_INDEX_URL, else pip's files, else PyPI."""
    return os.environ.get("PIP_INDEX_URL") or _option("index-url") or DEFAULT_INDEX


def _option(name: str) -> str | None:
    files = ["/etc/pip.conf", "~/.pip/pip.conf", "~/.config/pip/pip.conf"]
    files += [os.environ.get("PIP_CONFIG_FILE", os.devnull)]
    options = configparser.RawConfigParser()
    options.read(Path(file).expanduser() for file in files)
    return options.get("global", name, fallback=None)


def _download(index: str) -> bytes:
    page_address = index.rstrip("/") + PAGE
    try:
        page = _get(page_address).decode()
        link = re.search(rf'href="([^"]*/{re.escape(WHEEL)})[^"]*"', page)
        if link is None:
            raise Refusal(f"The package index {_public(index)} has no {WHEEL}.")
        return _get(urljoin(page_address, link.group(1)))
    except (urllib.error.URLError, TimeoutError) as error:
        reason = getattr(error, "reason", error)
        raise Refusal(
            f"This Python has no pip and {_public(index)} cannot be reached ({reason}): "
            "apt-get install python3-venv, or install uv."
        ) from error


def _get(address: str) -> bytes:
    """Fetch an address; a name and password in it become a header, as pip does."""
    parts = urlsplit(address)
    request = urllib.request.Request(_public(address))
    if parts.username:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        request.add_header("Authorization", f"Basic {b64encode(pair.encode()).decode()}")
    certificates = os.environ.get("PIP_CERT") or _option("cert")
    context = ssl.create_default_context(cafile=certificates)
    with urllib.request.urlopen(request, timeout=TIMEOUT, context=context) as answer:
        return bytes(answer.read())


def _public(address: str) -> str:
    """Return an address without the name and password in it."""
    parts = urlsplit(address)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
