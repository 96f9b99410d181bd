"""Exclusion rules out of a CSV file, as people write it and as the list's page exports it."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from mlcore.exclusion import Action, ExclusionRule
from mlcore.progress import BadInput
from mlcore.taxonomy import join_path, split_path

KEYWORD, CATEGORIES = "keyword", "categories"
BETWEEN_CATEGORIES = "|"
BETWEEN_WORDS = ","
YES, NO = ("true", "yes", "1"), ("false", "no", "0", "")


def read_rules(path: Path) -> tuple[ExclusionRule, ...]:
    """
    Return the rules of a file, in its order.

    Columns: `keyword` and `categories` (paths joined by `|`; `category_path` is read as well),
    and if wanted `action` (drop or strip), `unless` (words joined by commas),
    `in_mall_category`, `is_substring` (true or false) and `reason`; others are not read.

    Raises:
        BadInput: the file cannot be read, or the first line that makes no rule and why.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="")
            _check_titles(path, reader.fieldnames or [])
            return tuple(_rule(path, reader.line_num, line) for line in reader)
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise BadInput(f"{path.name} is not a readable CSV file in UTF-8.") from problem


def _check_titles(path: Path, titles: Sequence[str]) -> None:
    if KEYWORD not in titles:
        raise BadInput(f"{path.name} has no column {KEYWORD}.")
    if CATEGORIES not in titles and "category_path" not in titles:
        raise BadInput(f"{path.name} has no column {CATEGORIES} (or category_path).")


def _rule(path: Path, number: int, line: Mapping[str, str]) -> ExclusionRule:
    try:
        return ExclusionRule(
            id=f"{path.name}:{number}",
            keyword=line[KEYWORD].strip(),
            categories=_categories(line.get(CATEGORIES) or line.get("category_path") or ""),
            action=_action(line.get("action", "")),
            unless=tuple(_parts(line.get("unless", ""), BETWEEN_WORDS)),
            in_mall_category=_truth(line, "in_mall_category"),
            is_substring=_truth(line, "is_substring"),
            reason=line.get("reason", "").strip(),
        )
    except ValueError as problem:
        raise BadInput(f"{path.name}, line {number}: {problem}") from problem


def _categories(text: str) -> frozenset[str]:
    return frozenset(join_path(split_path(part)) for part in _parts(text, BETWEEN_CATEGORIES))


def _parts(text: str, separator: str) -> list[str]:
    return [part.strip() for part in text.split(separator) if part.strip()]


def _action(text: str) -> Action:
    name = text.strip().lower() or Action.DROP.value
    if name not in set(Action):
        raise ValueError(f"The action must be drop or strip, not {text.strip()!r}.")
    return Action(name)


def _truth(line: Mapping[str, str], column: str) -> bool:
    word = line.get(column, "").strip().lower()
    if word not in (*YES, *NO):
        raise ValueError(f"The column {column} holds true or false, not {word!r}.")
    return word in YES
