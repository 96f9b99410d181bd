"""What an annotator wants to label next: words of the name, a mall, a part of the mall's tree."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from labelhub.labelling.models import Round
from labelhub.labelling.services import serving_sql as sql

ALWAYS_SHOWN = "q"  # words of the name


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Conditions on the sample; an empty text asks for nothing."""

    q: str = ""
    mall_name: str = ""
    mall_category: str = ""  # this one and all below it
    brand: str = ""
    maker: str = ""

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))

    def hidden_in(self, round: Round) -> list[str]:
        """Return the fields asked for that the round does not show: the answer would tell them."""
        asked = [field.name for field in fields(self) if getattr(self, field.name)]
        return [name for name in asked if name not in (ALWAYS_SHOWN, *round.fields_shown)]

    def condition(self) -> tuple[str, dict[str, Any]]:
        """Return the SQL that holds for a wanted `assignment`, and its parameters."""
        conditions, params = [], {}
        for number, word in enumerate(self.q.split()):
            conditions.append(f"sample.name ILIKE %(word{number})s")
            params[f"word{number}"] = f"%{_literally(word)}%"
        for field in ("mall_name", "brand", "maker"):
            if value := getattr(self, field):
                conditions.append(f"sample.{field} = %({field})s")
                params[field] = value
        if part := self.mall_category.rstrip("> "):
            conditions.append(sql.IN_SUBTREE)
            params |= {"mall_category": part, "below": f"{part}>"}
        if not conditions:
            return "TRUE", {}
        return sql.FITS.format(conditions=" AND ".join(conditions)), params


NO_WISH = Wish()


def _literally(word: str) -> str:
    """Escape what ILIKE would take for a wildcard."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
