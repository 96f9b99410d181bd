"""Where things lie: the checkout, its virtual environment, and the data folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOG_LIMIT = 10 * 1024 * 1024  # bytes; a larger log is put aside at the next start


@dataclass(frozen=True)
class Places:
    """The folders of one installation: one checkout and one data folder."""

    root: Path
    data: Path

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def install_log(self) -> Path:
        """Lies in the checkout: the data folder of tests is gone when somebody wants to read it."""
        return self.root / ".venv.log"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    def make(self) -> None:
        """Make the data folder and what `./run` itself keeps in it."""
        self.logs.mkdir(parents=True, exist_ok=True)

    def log(self, name: str) -> Path:
        """Return the log file of a process; one that grew too large becomes `<name>.log.1`."""
        path = self.logs / f"{name}.log"
        if path.exists() and path.stat().st_size > LOG_LIMIT:
            path.replace(path.with_suffix(".log.1"))
        return path

    def environment(self, **more: str) -> dict[str, str]:
        """Return the environment of LabelHub's processes: the venv first, and this data folder."""
        return {
            **os.environ,
            "PATH": f"{self.venv / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "VIRTUAL_ENV": str(self.venv),
            "LABELHUB_DATA": str(self.data),
            "PYTHONUNBUFFERED": "1",
            "TF_CPP_MIN_LOG_LEVEL": os.environ.get("TF_CPP_MIN_LOG_LEVEL", "2"),
            **more,
        }


def here(data: str | None = None) -> Places:
    """Return this checkout with the data folder named, else LABELHUB_DATA, else `.labelhub`."""
    folder = data or os.environ.get("LABELHUB_DATA") or str(ROOT / ".labelhub")
    return Places(root=ROOT, data=Path(folder).expanduser().resolve())
