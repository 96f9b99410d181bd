"""A shop of two categories, small enough to train on in a second."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Sequence
from pathlib import Path

from labelhub.registry.models import Corpus
from labelhub.registry.services import corpora
from mlcore.text.word_list import WordList
from tests.factories import NOW
from tests.mlcore.images.pictures import BLUE, RED, plain

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


def make_corpus(
    folder: Path, name: str = "shop", copies: int = 1, words: Sequence[str] = ()
) -> Corpus:
    """Import those rows as a corpus in which these words stay whole."""
    file = write_rows(folder / f"{name}.csv", copies)
    return corpora.import_corpus(file=file, name=name, words=WordList.of(words), by=None, now=NOW)


def write_photographed(folder: Path, copies: int = 4) -> tuple[Path, Path]:
    """
    Write a CSV of those products with what their shops say, and a zip of their pictures.

    Shirts are red, pans are blue. The fifth product of each has a picture that is none, and no
    category of its shop; the fourth names one that is not in the zip.
    """
    rows, photos = folder / "photographed.csv", folder / "photos.zip"
    with (
        rows.open("w", encoding="utf-8", newline="") as file,
        zipfile.ZipFile(photos, "w") as archive,
    ):
        table = csv.writer(file)
        titles = ["product_id", "product_name", "category_path"]
        table.writerow([*titles, "mall_name", "mall_category", "image"])
        archive.writestr("none.jpg", b"no picture")
        for colour, (category, names) in zip((RED, BLUE), NAMES.items(), strict=True):
            for copy in range(copies):
                for number, name in enumerate(names):
                    image = f"{category[-2:]}-{number}-{copy}.jpg"
                    shade = tuple(max(0, part - 4 * number - copy) for part in colour)
                    if number < 3:
                        archive.writestr(f"photos/{image}", plain(shade, (40, 40)))
                    shown = "none.jpg" if number == 4 else image
                    shelf = "" if number == 4 else category.split(">")[0]
                    key = f"{category}-{name}-{copy}"
                    table.writerow([key, name, category, "몰", shelf, shown])
    return rows, photos


def make_photographed_corpus(folder: Path, name: str = "photos") -> Corpus:
    """Import those rows with their pictures as a corpus."""
    rows, photos = write_photographed(folder)
    return corpora.import_corpus(file=rows, name=name, by=None, now=NOW, images=photos)
