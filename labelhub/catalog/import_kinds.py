"""Which kinds of file can be imported. Each app registers its own in `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mlcore.progress import Progress, silent

if TYPE_CHECKING:  # the registry of kinds is read before the models are ready
    from labelhub.accounts.models import User
    from labelhub.catalog.models import ImportBatch
    from labelhub.catalog.services.reading import Table
    from labelhub.catalog.services.staging import Staged

Text = str | Promise

TABLES = _("CSV (also .gz) or Parquet, with a header.")


@dataclass(frozen=True)
class Option:
    """Something one may choose for an import: a flag of the command, a field of the page."""

    name: str  # with underscores; the command's flag has hyphens
    title: Text
    kind: Literal["text", "flag", "choice", "number", "file"] = "text"
    help: Text = ""
    choices: tuple[tuple[str, Text], ...] = ()
    default: Any = None
    is_required: bool = False

    @property
    def flag(self) -> str:
        return f"--{self.name.replace('_', '-')}"


@dataclass(frozen=True)
class ImportKind:
    """A kind of file: its columns, its options, and where the code is that takes its rows."""

    name: str
    title: Text
    help: Text
    required: tuple[str, ...]
    steps: str  # dotted path of a `Steps`; imported when a file comes
    optional: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    inner: tuple[str, ...] = ()  # columns that its reader makes of what no column of a file holds
    reader: str = "labelhub.catalog.services.reading.open_ordered"  # dotted path
    file_help: Text = TABLES
    export: str = ""  # name of the address that sends the same rows back
    export_choices: str = ""  # dotted path of what can be chosen there, as (value, title) pairs

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.required, *self.optional, *self.inner)

    def open(self, path: Path, order: Order) -> Table:
        """
        Open a file of this kind.

        Raises:
            Unreadable: it is none.
        """
        return _found(self.reader)(path, order)  # type: ignore[no-any-return]

    def load(self) -> Steps:
        """Import and return the code of this kind."""
        return _found(self.steps)  # type: ignore[no-any-return]

    def choices_of_export(self) -> list[tuple[str, str]]:
        """Return what the export asks for, such as the round; empty when it asks nothing."""
        return _found(self.export_choices)() if self.export_choices else []


def _found(dotted: str) -> Any:
    module, _dot, name = dotted.rpartition(".")
    return getattr(import_module(module), name)


@dataclass(frozen=True)
class Counts:
    """What became of the rows that were taken."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a step needs to know beside the rows."""

    batch: ImportBatch
    by: User | None
    now: datetime
    options: Mapping[str, Any]
    report: Progress = silent
    notes: dict[str, Any] = field(default_factory=dict)  # kept with the batch, shown on its page

    def text(self, option: str) -> str:
        return str(self.options.get(option) or "")

    def is_set(self, option: str) -> bool:
        return bool(self.options.get(option))


def nothing(staged: Staged, order: Order) -> None:
    """Prepare nothing."""


@dataclass(frozen=True)
class Steps:
    """
    What a kind does with its staged rows, in this order.

    Args:
        check: marks the rows that cannot be taken, with the reason; writes nothing else.
        prepare: slow work on the good rows, outside the transaction (pictures); writes no rows.
        apply: writes the good rows, in one transaction.
        tables: what it fills; the planner is told afterwards how full they are.
    """

    check: Callable[[Staged, Order], None]
    apply: Callable[[Staged, Order], Counts]
    prepare: Callable[[Staged, Order], None] = nothing
    tables: tuple[str, ...] = ()


_KINDS: dict[str, ImportKind] = {}


def register(kind: ImportKind) -> None:
    """Make a kind known."""
    _KINDS[kind.name] = kind


def all_kinds() -> list[ImportKind]:
    """Return the kinds in the order in which the apps registered them: the order of the road."""
    return list(_KINDS.values())


def get(name: str) -> ImportKind:
    """
    Return a registered kind.

    Raises:
        LookupError: no app registered it.
    """
    try:
        return _KINDS[name]
    except KeyError:
        raise LookupError(f"No app registered the import kind {name!r}.") from None
