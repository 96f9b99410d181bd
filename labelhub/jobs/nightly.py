"""Kinds of job that run each night; apps add theirs in `AppConfig.ready`."""

from __future__ import annotations

from labelhub.jobs.services import jobs

_KINDS: list[str] = []


def register(kind: str) -> None:
    """Run this kind, without parameters, each night."""
    if kind not in _KINDS:
        _KINDS.append(kind)


def enqueue_all() -> None:
    """Enqueue each nightly kind; one that is still unfinished is not asked for twice."""
    for kind in _KINDS:
        jobs.enqueue(kind, by=None, key="nightly")
