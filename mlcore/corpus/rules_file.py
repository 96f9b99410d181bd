"""Exclusion rules out of a CSV file, as people write it and as the list's page exports it."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from mlcore.exclusion import Action, ExclusionRule
from mlcore.progress import BadInput
from mlcore.taxonomy import join_path, split_path

KEYWORD, CATEGORIES = "keyword", "categories"
BETWEEN_CATEGORIES = "|"
BETWEEN_WORDS = ","
TITLES = (
    KEYWORD,
    CATEGORIES,
    "action",
    "unless",
    "in_mall_category",
    "is_substring",
    "reason",
)
YES, NO = ("true", "yes", "1"), ("false", "no", "0", "")


def read_rules(path: Path) -> tuple[ExclusionRule, ...]:
    """
    Return the rules of a file, in its order.

    Columns: `keyword` and `categories` (paths joined by `|`; `category_path` is read as well),
    and if wanted `action` (drop or strip), `unless` (words joined by commas),
    `in_mall_category`, `is_substring` (true or false) and `reason`; others are not read.
    Within a path or a word, `|` and `,` have a backslash before them.

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


def written(rules: Iterable[ExclusionRule]) -> Iterator[str]:
    """Yield the lines of a file from which `read_rules` reads these rules, but for their ids."""
    yield _line(TITLES)
    for rule in rules:
        yield _line(
            [
                rule.keyword,
                _joined(sorted(rule.categories), BETWEEN_CATEGORIES),
                rule.action,
                _joined(rule.unless, BETWEEN_WORDS),
                str(rule.in_mall_category).lower(),
                str(rule.is_substring).lower(),
                rule.reason,
            ]
        )


def _line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def _joined(parts: Iterable[str], separator: str) -> str:
    return separator.join(re.sub(r"([\\|,])", r"\\\1", part) for part in parts)


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
    pieces = re.findall(rf"(?:\\.|[^{separator}])+", text, re.DOTALL)
    parts = (re.sub(r"\\([\\|,])", r"\1", piece).strip() for piece in pieces)
    return [part for part in parts if part]


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
