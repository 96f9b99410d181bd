"""The arrays of rows, written piece by piece into a folder and read from there."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mlcore.artifact.encoder import Inputs
from mlcore.corpus import columns

LABELS = "labels"
"""File of the category indices, beside those of the inputs."""


class RowFiles:
    """Fills one file per input, made when the first rows show what is in it; labels and ids too."""

    def __init__(self, folder: Path, rows: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._rows = rows
        self._files: Inputs = {}
        self._written = 0
        self._ids = folder / "products.arrow"
        self._products = pa.ipc.new_file(self._ids, pa.schema([(columns.ID, pa.string())]))

    def write(self, inputs: Inputs, labels: Sequence[int], products: pa.ChunkedArray) -> None:
        """Write these rows behind those before."""
        end = self._written + len(labels)
        for name, values in {**inputs, LABELS: np.array(labels, dtype=np.int64)}.items():
            if name not in self._files:
                shape = (self._rows, *values.shape[1:])
                path = self._folder / f"{name}.npy"
                self._files[name] = np.lib.format.open_memmap(path, "w+", values.dtype, shape)
            self._files[name][self._written : end] = values
        self._products.write_table(pa.table({columns.ID: products.cast(pa.string())}))
        self._written = end

    def finished(self) -> tuple[Inputs, npt.NDArray[np.int64], pa.ChunkedArray]:
        """Return inputs, labels and ids; the operating system may now take their memory back."""
        for values in self._files.values():
            assert isinstance(values, np.memmap)
            values.flush()
        self._products.close()
        products = pa.ipc.open_file(pa.memory_map(str(self._ids))).read_all()[columns.ID]
        labels = self._files.pop(LABELS)
        return self._files, labels, products
