"""What browsers get is ours or vendored with a checksum, and needs no inline code or style."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from django.conf import settings

STATIC = settings.BASE_DIR / "static"
VENDOR = STATIC / "vendor"
TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
# What the content policy of every page forbids, or what would make it ask another host.
FORBIDDEN = {
    "an inline style": re.compile(r"\sstyle\s*=|<style", re.IGNORECASE),
    "an inline handler": re.compile(r"\son[a-z]+\s*=|\shx-on|javascript:|['\"]js:", re.IGNORECASE),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "another host": re.compile(r"(?:src|href|action)\s*=\s*[\"']?(?:https?:)?//", re.IGNORECASE),
}


def checksums() -> dict[str, tuple[str, str, str, str]]:
    """Return name, version, licence and SHA-256 of each vendored file."""
    lines = (VENDOR / "CHECKSUMS.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines if line and not line.startswith("#")]
    return {file: (name, version, licence, sha) for file, name, version, licence, sha in rows}


def test_every_vendored_file_has_a_checksum_and_no_checksum_is_without_file():
    assert set(checksums()) == {path.name for path in VENDOR.iterdir()} - {"CHECKSUMS.txt"}


@pytest.mark.parametrize("name", sorted(checksums()))
def test_a_vendored_file_is_the_one_that_was_checked(name):
    *_about, expected = checksums()[name]

    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == expected


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
@pytest.mark.parametrize("what", sorted(FORBIDDEN))
def test_no_template_holds(path: Path, what: str):
    found = FORBIDDEN[what].search(path.read_text(encoding="utf-8"))

    assert found is None, f"{path} holds {what}: {found and found.group()}"


def test_the_style_sheet_asks_no_other_host():
    sheets = [path.read_text(encoding="utf-8") for path in STATIC.rglob("*.css")]

    assert not any("//" in url for sheet in sheets for url in re.findall(r"url\(([^)]*)\)", sheet))


def test_light_and_dark_define_the_same_verdicts():
    sheet = (STATIC / "labelhub.css").read_text(encoding="utf-8")
    light, dark = sheet.split("(prefers-color-scheme: dark)", 1)
    verdict = re.compile(r"--v-([a-z]+):")

    assert set(verdict.findall(light)) == set(verdict.findall(dark))


def test_our_scripts_evaluate_no_strings():
    ours = [path for path in STATIC.rglob("*.js") if VENDOR not in path.parents]

    for path in ours:
        assert not re.search(r"\beval\(|new Function|innerHTML", path.read_text(encoding="utf-8"))
