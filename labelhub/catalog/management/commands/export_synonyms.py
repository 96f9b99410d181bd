"""`export_synonyms [--out FILE]`."""

from typing import Any

from labelhub.catalog.management.exporting import ExportCommand
from labelhub.catalog.services import exporting
from labelhub.catalog.services.exporting import Export


class Command(ExportCommand):
    help = "Write the synonyms as CSV that can be imported again."

    def export(self, options: dict[str, Any]) -> tuple[Export, str]:
        return exporting.synonyms(), ""
