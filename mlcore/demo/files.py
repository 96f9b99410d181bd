"""The demo market as files, in the columns that the imports read."""

import csv
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from mlcore.demo.market import DemoRow, corpus, corpus_stream, sample_stream, samples
from mlcore.demo.people import DemoAnnotation, annotate
from mlcore.demo.pictures import picture
from mlcore.demo.rules import demo_groups, demo_rules
from mlcore.demo.tree import categories

# Fields of a row that are the truth, which no importable file may hold.
TRUTH = {"true_category_path", "acceptable"}
COLUMNS = tuple(field.name for field in fields(DemoRow) if field.name not in TRUTH)
CATEGORY_COLUMNS = ("category_id", "name", "category_path", "depth", "is_leaf")
RULE_COLUMNS = ("keyword", "categories", "unless", "reason")
ANNOTATION_COLUMNS = ("product_id", "category_path", "annotator", "answered_at")
# The same moment in every archive, so that equal pictures make equal files.
ZIP_TIME = (2026, 10, 1, 0, 0, 0)


@dataclass(frozen=True)
class MarketFiles:
    """Where the files of a market lie."""

    categories: Path
    samples: Path
    corpus: Path
    annotations: Path
    images: Path


def write_market(
    folder: Path,
    seed: int,
    *,
    sample_count: int = 3_000,
    corpus_count: int = 20_000,
    unlabelled: int = 0,
) -> MarketFiles:
    """
    Write the whole market into the folder, creating it where needed.

    The same seed and counts write the same bytes. `annotations.csv` leaves the category
    empty where an annotator could not decide.

    Args:
        unlabelled: how many samples, the last ones, nobody has answered yet.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = market_files(folder)
    shown = samples(sample_stream(seed), sample_count)
    write_categories(files.categories)
    write_rows(files.samples, shown)
    write_rows(files.corpus, corpus(corpus_stream(seed), corpus_count))
    labelled = shown[: max(sample_count - unlabelled, 0)]
    write_annotations(files.annotations, annotate(labelled, np.random.default_rng([seed, 3])))
    write_images(files.images, shown)
    return files


def market_files(folder: Path) -> MarketFiles:
    """Return where `write_market` puts its files in this folder."""
    return MarketFiles(
        categories=folder / "categories.csv",
        samples=folder / "samples.csv",
        corpus=folder / "corpus.csv",
        annotations=folder / "annotations.csv",
        images=folder / "images.zip",
    )


def write_categories(file: Path) -> None:
    """Write the category tree."""
    nodes = ((c.code, c.name, c.path, c.depth, int(c.is_leaf)) for c in categories())
    _write(file, CATEGORY_COLUMNS, nodes)


def write_rules(file: Path) -> None:
    """Write the talk's exclusion list as `mlcore.corpus.rules_file` reads it."""
    paths = {group.key: "|".join(group.paths) for group in demo_groups()}
    lines = (
        (rule.keyword, paths[rule.group], ",".join(rule.unless), rule.reason_en)
        for rule in demo_rules()
    )
    _write(file, RULE_COLUMNS, lines)


def write_rows(file: Path, rows: Sequence[DemoRow]) -> None:
    """Write products without their truth."""
    _write(file, COLUMNS, ([getattr(row, column) for column in COLUMNS] for row in rows))


def write_annotations(file: Path, annotations: Sequence[DemoAnnotation]) -> None:
    """Write people's answers."""
    lines = (
        (a.product_id, a.category_path or "", a.annotator, a.answered_at.isoformat())
        for a in annotations
    )
    _write(file, ANNOTATION_COLUMNS, lines)


def write_images(file: Path, rows: Sequence[DemoRow]) -> None:
    """Write each picture that the products name once into a zip archive."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for image in sorted({row.image for row in rows if row.image}):
            archive.writestr(zipfile.ZipInfo(image, ZIP_TIME), picture(image))


def _write(file: Path, columns: Sequence[str], lines: Iterable[Sequence[object]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(columns)
        writer.writerows(lines)
