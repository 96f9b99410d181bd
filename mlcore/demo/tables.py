"""The vocabulary of the market, kept in CSV files beside the code."""

import csv
from pathlib import Path

FOLDER = Path(__file__).parent


def read(name: str) -> list[dict[str, str]]:
    """Return the rows of one vocabulary file by column name."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
