"""The large market as files, written batch by batch: any number of rows in bounded memory."""

import io
import os
import zipfile
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from mlcore.corpus.folder import replacing
from mlcore.demo.conditions import Conditions
from mlcore.demo.files import ZIP_TIME, write_categories, write_rules
from mlcore.demo.goods import Part, good
from mlcore.demo.market import Row
from mlcore.demo.photos import render
from mlcore.progress import BadInput, Progress, silent

BATCH_ROWS = 10_000
"""Rows drawn at a time by one process, about 10 MB without photos."""

BATCH_PHOTOS = 500
"""The same with photos, of some 10 KB each."""

WAITING = 2
"""Batches that may wait for each process, so that a slow disk bounds the memory too."""

SCHEMA = pa.schema([(field.name, pa.string()) for field in fields(Row)])
TRUTH_SCHEMA = pa.schema([("product_id", pa.string()), ("true_path", pa.string())])
FORMATS = ("parquet", "csv")
NAMES = {Part.TRAIN: "rows", Part.SHOWN: "shown", Part.UNLABELLED: "unlabelled"}


@dataclass(frozen=True, kw_only=True)
class Order:
    """
    What to write of the large market.

    Attributes:
        rows, shown, unlabelled: how many training rows, rows to measure on, and names
            without a category.
        side: pixels of a photo; 0 writes none, and the rows name none.
        form: `parquet` or `csv`.
    """

    rows: int
    shown: int
    unlabelled: int = 0
    side: int = 0
    form: str = "parquet"

    def __post_init__(self) -> None:
        if min(self.rows, self.shown) < 1 or self.unlabelled < 0:
            raise BadInput("The market takes at least one training row and one to measure on.")
        if self.side and not 16 <= self.side <= 1024:
            raise BadInput(f"Photos are 16 to 1,024 pixels wide, not {self.side}.")
        if self.form not in FORMATS:
            raise BadInput(f"The market is written as {' or '.join(FORMATS)}, not {self.form}.")


@dataclass(frozen=True)
class Batch:
    """Some rows in a row, their truth and their photos."""

    rows: pa.Table
    truth: pa.Table
    photos: dict[str, bytes]


def write_large_market(
    folder: Path,
    conditions: Conditions,
    order: Order,
    *,
    processes: int | None = None,
    progress: Progress = silent,
) -> None:
    """
    Write `rows`, `shown`, `unlabelled`, `truth`, `categories.csv`, `rules.csv`, `images.zip`.

    A row's content follows from the conditions and its number alone: neither the number of
    rows nor of processes changes it. The truth stands in `truth` and nowhere else.

    Args:
        folder: new or empty; it is there at the end or not at all.
        processes: that draw rows; as many as there are processors unless said otherwise.

    Raises:
        BadInput: there is something in the folder.
    """
    folder = folder.resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput(f"{folder.name} exists and is not empty; give a new folder.")
    with replacing(folder) as draft:
        _write(draft, conditions, order, processes, progress)


def _write(
    folder: Path, conditions: Conditions, order: Order, processes: int | None, progress: Progress
) -> None:
    write_categories(folder / "categories.csv")
    write_rules(folder / "rules.csv")
    sizes = {Part.TRAIN: order.rows, Part.SHOWN: order.shown, Part.UNLABELLED: order.unlabelled}
    total, done = sum(sizes.values()), 0
    with ExitStack() as opened:
        truth = opened.enter_context(_opened(folder / f"truth.{order.form}", TRUTH_SCHEMA))
        photos = opened.enter_context(_archive(folder, order))
        for part, size in sizes.items():
            rows = opened.enter_context(_opened(folder / f"{NAMES[part]}.{order.form}", SCHEMA))
            for batch in batches(conditions, part, size, order.side, processes=processes):
                rows.write_table(batch.rows)
                truth.write_table(batch.truth)
                for image, content in batch.photos.items():
                    photos.writestr(zipfile.ZipInfo(image, ZIP_TIME), content)
                done += batch.rows.num_rows
                progress("write", done, total)


def batches(
    conditions: Conditions, part: Part, size: int, side: int, *, processes: int | None = None
) -> Iterator[Batch]:
    """Yield the first `size` rows of a part in their order, drawn by several processes."""
    step = BATCH_PHOTOS if side else BATCH_ROWS
    spans = ((begin, min(begin + step, size)) for begin in range(0, size, step))
    count = processes or os.cpu_count() or 1
    if count == 1 or size <= step:
        yield from (batch_of(conditions, part, span, side) for span in spans)
        return
    with ProcessPoolExecutor(count) as pool:
        waiting: deque[Future[Batch]] = deque()
        for span in spans:
            waiting.append(pool.submit(batch_of, conditions, part, span, side))
            if len(waiting) > WAITING * count:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def batch_of(conditions: Conditions, part: Part, span: tuple[int, int], side: int) -> Batch:
    """Return the rows numbered from behind the span's begin up to its end."""
    rows: list[dict[str, str]] = []
    truth: list[dict[str, str]] = []
    photos: dict[str, bytes] = {}
    for number in range(span[0] + 1, span[1] + 1):
        drawn = good(conditions, part, number)
        rows.append({**vars(drawn.row), "image": drawn.row.image if side else ""})
        truth.append({"product_id": drawn.row.product_id, "true_path": drawn.true_path})
        if side and drawn.row.image:
            photos[drawn.row.image] = render(drawn.photo, side)
    return Batch(
        pa.Table.from_pylist(rows, SCHEMA), pa.Table.from_pylist(truth, TRUTH_SCHEMA), photos
    )


def _archive(folder: Path, order: Order) -> zipfile.ZipFile:
    """Return the open archive of photos, or one in memory that stays empty."""
    return zipfile.ZipFile(folder / "images.zip" if order.side else io.BytesIO(), "w")


def _opened(path: Path, schema: pa.Schema) -> Any:
    """Return the open CSV or Parquet writer; both take tables by `write_table`."""
    if path.suffix == ".csv":
        return pyarrow.csv.CSVWriter(path, schema)
    return pq.ParquetWriter(path, schema, compression="zstd")
