"""Category paths: root first, levels counted from 1, written `a>b>c`."""

Path = tuple[str, ...]

SEPARATOR = ">"


def split_path(text: str) -> Path:
    """
    Return the levels of a written path, each trimmed.

    `/` belongs to names; only `>` separates levels.

    Raises:
        ValueError: the text is empty or one of its levels is.

    >>> split_path(" 출산/육아 > 유아동의류>재킷")
    ('출산/육아', '유아동의류', '재킷')
    """
    levels = tuple(level.strip() for level in text.split(SEPARATOR))
    if not all(levels):
        raise ValueError(f"A category path needs a name at every level, not {text!r}.")
    return levels


def join_path(path: Path) -> str:
    """
    Return the path as it is written in files and tables.

    Raises:
        ValueError: a level is empty, untrimmed or holds the separator.

    >>> join_path(("패션잡화", "주얼리", "목걸이"))
    '패션잡화>주얼리>목걸이'
    """
    text = SEPARATOR.join(path)
    if split_path(text) != path:
        raise ValueError(f"These levels do not make a category path: {path!r}.")
    return text


def cut(path: Path, level: int) -> Path:
    """
    Return the path down to this level; a shorter path stays at its own depth.

    Raises:
        ValueError: the level is less than 1.

    >>> cut(("a", "b", "c"), 2)
    ('a', 'b')
    """
    if level < 1:
        raise ValueError(f"Levels count from 1, not {level}.")
    return path[:level]


def ancestors(path: Path) -> list[Path]:
    """
    Return the path's ancestors, root first, the path itself last.

    >>> ancestors(("a", "b"))
    [('a',), ('a', 'b')]
    """
    return [path[:level] for level in range(1, len(path) + 1)]


def is_within(path: Path, subtree: Path) -> bool:
    """
    Tell whether the path is the subtree's root or one of its descendants.

    >>> is_within(("a", "b"), ("a",)), is_within(("ab",), ("a",))
    (True, False)
    """
    return path[: len(subtree)] == subtree
