from pathlib import Path

import pytest

from mlcore.text.tokenise import BlankTokeniser

HEADER = "product_id,product_name,category_path"


@pytest.fixture
def blank():
    return BlankTokeniser()


@pytest.fixture
def csv_file(tmp_path):
    """Return a function that writes lines below a header and gives the file."""

    def write(*lines: str, header: str = HEADER, encoding: str = "utf-8") -> Path:
        path = tmp_path / "rows.csv"
        path.write_bytes("\r\n".join([header, *lines, ""]).encode(encoding))
        return path

    return write
