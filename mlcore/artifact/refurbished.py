"""The log of a training that refurbished labels: which rows, from what, to what, how surely."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from mlcore.progress import BadInput

FILE = "refurbished.parquet"

ID, NAME, GIVEN, NEW = "product_id", "product_name", "given_path", "new_path"
CERTAINTY, TRAINING, EPOCH, HISTORY = "certainty", "training", "epoch", "history"

SCHEMA = pa.schema(
    [
        (ID, pa.string()),
        (NAME, pa.string()),
        (GIVEN, pa.string()),
        (NEW, pa.string()),
        (CERTAINTY, pa.float64()),
        (TRAINING, pa.int16()),
        (EPOCH, pa.int16()),
        (HISTORY, pa.list_(pa.string())),
    ]
)
"""One row a refurbished label; `history` holds the last predicted paths, oldest first."""


def write(folder: Path, log: pa.Table) -> None:
    """Write the log into a version's folder."""
    pq.write_table(log.cast(SCHEMA), folder / FILE, compression="zstd")


def read(folder: Path) -> pa.Table:
    """
    Return the log of a version; an empty one where its training refurbished nothing.

    Raises:
        BadInput: the file is damaged.
    """
    path = folder / FILE
    if not path.exists():
        return SCHEMA.empty_table()
    try:
        return pq.read_table(path, schema=SCHEMA)
    except (OSError, pa.ArrowException) as problem:
        raise BadInput(f"{path} holds no readable log.") from problem
