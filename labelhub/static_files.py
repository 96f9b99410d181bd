"""Scripts and style sheets as browsers load them: under names that hold their hash."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from django.conf import settings
from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORT = re.compile(r'^(?:import|export)\b[^"\n]*"(\./[^"]+|\.\./[^"]+)";$', re.MULTILINE)


class HashedFiles(CompressedManifestStaticFilesStorage):
    """
    Static files under names that hold the hash of their content, compressed.

    The imports between modules are rewritten too. Otherwise a browser would ask for each module
    again at every page, and could mix those of two versions of LabelHub.
    """

    support_js_module_import_aggregation = True


@cache
def imported_by(name: str) -> list[str]:
    """
    Return the modules that one of our modules imports, directly or not, in a fixed order.

    A page that names them all lets the browser fetch them at once, instead of level by level.
    """
    root = Path(settings.BASE_DIR) / "static"
    found: dict[Path, None] = {}
    waiting = [root / name]
    while waiting:
        path = waiting.pop(0)
        named = IMPORT.findall(path.read_text(encoding="utf-8"))
        fresh = [(path.parent / each).resolve() for each in named]
        waiting += [each for each in dict.fromkeys(fresh) if each not in found]
        found |= dict.fromkeys(fresh)
    return [str(path.relative_to(root.resolve())) for path in found]
