"""A shop of two categories, small enough to train on in a second."""

from __future__ import annotations

import csv
from pathlib import Path

from labelhub.registry.models import Corpus
from labelhub.registry.services import corpora
from tests.factories import NOW

SHIRT, PAN = "패션>셔츠", "주방>프라이팬"
NAMES = {
    SHIRT: ["남성 셔츠", "여성 셔츠", "린넨 셔츠 화이트", "옥스포드 셔츠", "체크 셔츠 블루"],
    PAN: [
        "코팅 프라이팬",
        "무쇠 프라이팬",
        "인덕션 프라이팬",
        "계란 프라이팬",
        "미니 프라이팬",
    ],
}


def write_rows(path: Path, copies: int = 1) -> Path:
    """Write a CSV of ten products, each `copies` times under another id."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["product_id", "product_name", "category_path"])
        for copy in range(copies):
            for category, names in NAMES.items():
                for name in names:
                    rows.writerow([f"{category}-{name}-{copy}", name, category])
    return path


def make_corpus(folder: Path, name: str = "shop", copies: int = 1) -> Corpus:
    """Import those rows as a corpus."""
    file = write_rows(folder / f"{name}.csv", copies)
    return corpora.import_corpus(file=file, name=name, by=None, now=NOW)
