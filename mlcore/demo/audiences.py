"""Whom a product is for: the words that say so, and whom shops mix up."""

from dataclasses import dataclass
from functools import cache

from mlcore.demo.tree import Leaf, leaves


@dataclass(frozen=True)
class Audience:
    """
    A group of buyers.

    Attributes:
        words: how listings call it; a word written twice is used twice as often.
        told: share of its listings that say whom they are for.
        sizes: clothing sizes, shoes: shoe sizes.
        mistaken: the audiences under which shops misfile its goods, as often as written.
    """

    words: tuple[str, ...]
    told: float
    sizes: tuple[str, ...]
    shoes: tuple[str, ...]
    mistaken: tuple[str, ...]


AUDIENCES = {
    "women": Audience(
        words=("여성", "여성", "여성", "여자", "숙녀"),
        told=0.5,
        sizes=("44-77", "FREE", "S M L", "55 66 77", "S~XL", "빅사이즈"),
        shoes=("225-250", "220~255", "230-245"),
        mistaken=("kids", "kids", "kids", "pregnancy", "men"),
    ),
    "men": Audience(
        words=("남성", "남성", "남성", "남자", "신사"),
        told=0.55,
        sizes=("95-110", "M-3XL", "95 100 105", "28-38", "L~2XL", "빅사이즈"),
        shoes=("250-290", "255~280", "250-285"),
        mistaken=("kids", "kids", "women", "women", "sports"),
    ),
    "kids": Audience(
        words=("아동", "키즈", "유아동", "유아동", "유아동", "주니어", "남아", "여아", "어린이"),
        told=0.65,
        sizes=("110-160", "90~130", "120-160", "5~13호", "7-17호", "100 110 120 130", "JS-JL"),
        shoes=("150-220", "130~210", "160-230"),
        mistaken=("women", "women", "men", "sports"),
    ),
    "baby": Audience(
        words=("유아", "아기", "베이비", "돌아기", "영아", "신생아"),
        told=0.7,
        sizes=("70-90", "80-100", "3-24개월", "0~12개월", "75 80 90", "66-80"),
        shoes=("110-140",),
        mistaken=("kids",),
    ),
    "pregnancy": Audience(
        words=("임산부", "임산부", "임부복", "임부", "산모"),
        told=0.9,
        sizes=("FREE", "55-88", "M L XL", "77-110"),
        shoes=("FREE",),
        mistaken=("women",),
    ),
    "hiking": Audience(
        words=("등산", "등산", "아웃도어", "트레킹"),
        told=0.75,
        sizes=("90-110", "M-3XL", "28-40", "85~115"),
        shoes=("230-290", "235~285"),
        mistaken=("men", "women"),
    ),
    "golf": Audience(
        words=("골프", "골프", "골프웨어", "필드"),
        told=0.8,
        sizes=("90-110", "S-XL", "28-38", "55 66 77"),
        shoes=("230-290", "235~285"),
        mistaken=("men", "women"),
    ),
    "sports": Audience(
        words=("스포츠", "트레이닝", "헬스", "짐웨어", "러닝"),
        told=0.75,
        sizes=("S-2XL", "90-110", "FREE", "M L XL"),
        shoes=("230-290",),
        mistaken=("men", "women"),
    ),
}
EVERYBODY = Audience((), 0.0, ("FREE", "S-XL", "90-110"), ("230-280",), ())

# Audiences between which a product may honestly belong to both, with the words that say so.
SHARED_WORDS = {
    frozenset({"baby", "kids"}): ("유아 아동", "유아동", "베이비 키즈", "유아/주니어"),
    frozenset({"women", "men"}): ("남녀공용", "커플", "공용", "남녀 커플"),
    frozenset({""}): ("",),
}


def audience_of(leaf: Leaf) -> Audience:
    """Return whom the leaf's products are for."""
    return AUDIENCES.get(leaf.audience, EVERYBODY)


def counterpart(leaf: Leaf, audience: str) -> Leaf | None:
    """Return the leaf of the same name for another audience, where the tree has one."""
    return next((other for other in _namesakes(leaf.name) if other.audience == audience), None)


@cache
def twin_of(leaf: Leaf) -> Leaf | None:
    """Return the leaf of the same product that a careful person may accept as well."""
    return next(
        (
            other
            for other in _namesakes(leaf.name)
            if other != leaf
            and other.product == leaf.product
            and frozenset({leaf.audience, other.audience}) in SHARED_WORDS
        ),
        None,
    )


@cache
def _namesakes(name: str) -> tuple[Leaf, ...]:
    return tuple(leaf for leaf in leaves() if leaf.name == name)
