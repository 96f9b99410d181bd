"""The exclusion list that the talk printed, with the category groups that it speaks of."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DemoGroup:
    """A named set of categories; a path stands for everything below it."""

    key: str
    name_en: str
    name_ko: str
    paths: tuple[str, ...]


@dataclass(frozen=True)
class DemoRule:
    """Training rows given a category of the group are dropped when they hold the keyword."""

    keyword: str
    group: str
    unless: tuple[str, ...]
    reason_en: str
    reason_ko: str


_GROUPS = (
    DemoGroup(
        "kids",
        "Kids' wear",
        "유아동",
        ("출산/육아>유아동의류", "출산/육아>유아의류", "출산/육아>유아동잡화"),
    ),
    DemoGroup(
        "men",
        "Men's wear",
        "남성",
        (
            "패션의류>남성의류",
            "패션의류>언더웨어/잠옷>남성속옷",
            "패션잡화>남성가방",
            "패션잡화>남성신발",
        ),
    ),
    DemoGroup(
        "women",
        "Women's wear",
        "여성",
        (
            "패션의류>여성의류",
            "패션의류>언더웨어/잠옷>여성속옷",
            "패션잡화>여성가방",
            "패션잡화>여성신발",
        ),
    ),
    DemoGroup("pregnancy", "Maternity", "임부복", ("출산/육아>임부복",)),
    DemoGroup(
        "sports",
        "Sportswear",
        "스포츠 의류",
        ("스포츠/레저>스포츠의류", "스포츠/레저>등산", "스포츠/레저>골프"),
    ),
    DemoGroup(
        "jeans",
        "Adult jeans",
        "성인 청바지",
        ("패션의류>여성의류>청바지", "패션의류>남성의류>청바지"),
    ),
)

# Words that say a listing is honestly for several audiences.
_SHARED = ("남녀", "공용", "커플", "패밀리룩")
# (keyword, group), in the order of the talk.
_PAIRS = (
    ("여성", "kids"),
    ("여성", "men"),
    ("여성", "pregnancy"),
    ("남성", "kids"),
    ("유아동", "jeans"),
    ("유아동", "sports"),
    ("유아동", "men"),
    ("유아동", "women"),
)


def demo_groups() -> tuple[DemoGroup, ...]:
    """Return the groups that the rules name."""
    return _GROUPS


def demo_rules() -> tuple[DemoRule, ...]:
    """Return the rules that help the next training most."""
    names = {group.key: group for group in _GROUPS}
    return tuple(_rule(keyword, names[group]) for keyword, group in _PAIRS)


def _rule(keyword: str, group: DemoGroup) -> DemoRule:
    return DemoRule(
        keyword=keyword,
        group=group.key,
        unless=_SHARED,
        reason_en=f"Products that say {keyword} are mostly misfiled in {group.name_en}.",
        reason_ko=f"{group.name_ko} 카테고리에 등록된 '{keyword}' 상품은 대부분 잘못 등록된 상품",
    )
