"""Every text of the pages exists in Korean, in the words of the glossary."""

from __future__ import annotations

import re

import polib
import pytest
from django.conf import settings
from django.utils import translation

from labelhub.translation import messages_of

SOURCE = settings.BASE_DIR / "locale" / "ko" / "LC_MESSAGES" / "django.po"
KOREAN = {(entry.msgctxt or "", entry.msgid): entry for entry in polib.pofile(str(SOURCE))}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")
AVOIDED = ("작업자", "주석", "골드", "승격", "블랙리스트")
BARE_PARTICLES = ("을(를)", "이(가)", "은(는)", "와(과)", "(으)로")


def korean(entry: polib.POEntry) -> str:
    return entry.msgstr or entry.msgstr_plural.get(0, "")


def test_every_message_has_a_korean_translation():
    wanted = messages_of(settings.BASE_DIR)

    missing = [m for m in wanted if m.key not in KOREAN or not korean(KOREAN[m.key])]

    assert not missing, "\n".join(f"{m.place}: {m.text}" for m in missing)


def test_no_translation_is_left_of_a_message_that_is_gone():
    wanted = {message.key for message in messages_of(settings.BASE_DIR)}

    assert not set(KOREAN) - wanted


def test_translations_fill_in_only_what_the_message_offers():
    for entry in KOREAN.values():
        offered = set(PLACEHOLDER.findall(entry.msgid + entry.msgid_plural))

        assert set(PLACEHOLDER.findall(korean(entry))) <= offered, entry.msgid


@pytest.mark.parametrize("word", AVOIDED + BARE_PARTICLES)
def test_a_word_that_the_glossary_avoids_is_nowhere(word):
    assert [entry.msgid for entry in KOREAN.values() if word in korean(entry)] == []


@pytest.mark.parametrize(
    ("english", "expected"),
    [
        ("unreviewed", "미검수"),
        ("same", "일치"),
        ("human right", "사람 정답"),
        ("model right", "모델 정답"),
        ("both right", "둘 다 정답"),
        ("neither right", "둘 다 오답"),
        ("curator", "품질 담당자"),
        ("annotator", "라벨러"),
    ],
)
def test_terms_are_those_of_the_glossary(english, expected):
    with translation.override("ko"):
        assert translation.gettext(english) == expected
