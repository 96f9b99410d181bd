"""`export_judgements [--out FILE]`."""

from typing import Any

from labelhub.catalog.management.exporting import ExportCommand
from labelhub.catalog.services.exporting import Export
from labelhub.labelling.services import exporting


class Command(ExportCommand):
    help = "Write the judgements as CSV that can be imported again."

    def export(self, options: dict[str, Any]) -> tuple[Export, str]:
        return exporting.judgements(), ""
