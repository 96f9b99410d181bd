"""What the labelling page brings along for its script."""

from __future__ import annotations

import json
from typing import Any


def script_of(page: str) -> dict[str, Any]:
    """Return what the page brings along for its script."""
    start = page.index(">", page.index('<script id="labelling"')) + 1
    return json.loads(page[start : page.index("</script>", start)])
