"""Which kinds of job exist. Each app registers its own in `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from django.utils.functional import Promise


@dataclass(frozen=True)
class Kind:
    """A kind of job: where its body is, who carries it, what people call it."""

    name: str
    body: str  # dotted path of the function; imported in the worker only
    title: str | Promise
    queue: str = "light"

    def load(self) -> Callable[..., None]:
        """Import and return the body."""
        module, _, function = self.body.rpartition(".")
        return getattr(import_module(module), function)  # type: ignore[no-any-return]


_KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind known."""
    _KINDS[kind.name] = kind


def is_known(name: str) -> bool:
    """Tell whether an app registered the kind; rows outlive kinds that are gone."""
    return name in _KINDS


def names() -> list[str]:
    """Return the names of all registered kinds."""
    return sorted(_KINDS)


def get(name: str) -> Kind:
    """
    Return a registered kind.

    Raises:
        LookupError: no app registered it.
    """
    try:
        return _KINDS[name]
    except KeyError:
        raise LookupError(f"No app registered the job kind {name!r}.") from None
