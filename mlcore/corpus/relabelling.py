"""Given categories that people corrected, before anything else is done with a corpus."""

from collections.abc import Mapping

import pyarrow as pa

from mlcore.corpus import columns


def relabelled(table: pa.Table, paths: Mapping[str, str]) -> pa.Table:
    """
    Return the rows with other given categories for some products; ids not there are ignored.

    Args:
        table: a corpus; see `mlcore.corpus.store.read`.
        paths: category path by product id.

    >>> rows = pa.table({"product_id": ["a", "b"], "category_path": ["x", "x"]})
    >>> relabelled(rows, {"b": "y", "c": "z"})["category_path"].to_pylist()
    ['x', 'y']
    """
    if not paths:
        return table
    given = zip(table[columns.ID].to_pylist(), table[columns.CATEGORY].to_pylist(), strict=True)
    changed = pa.array([paths.get(product, path) for product, path in given], pa.string())
    return table.set_column(table.column_names.index(columns.CATEGORY), columns.CATEGORY, changed)
