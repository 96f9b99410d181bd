import json
from pathlib import Path
from typing import Any

import pytest

VECTORS = Path(__file__).parents[1] / "vectors" / "error_analysis.json"


@pytest.fixture(scope="session")
def vectors() -> dict[str, Any]:
    """Figures computed with independent libraries, by name."""
    loaded: dict[str, Any] = json.loads(VECTORS.read_text(encoding="utf-8"))
    return loaded
