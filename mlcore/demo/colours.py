"""The colours of the market: what listings call them and how they are drawn."""

from mlcore.demo.tree import Leaf

RGB = tuple[int, int, int]

# key in file names: (words in listings, fill)
COLOURS: dict[str, tuple[tuple[str, ...], RGB]] = {
    "black": (("블랙", "검정", "BLACK"), (58, 58, 64)),
    "ivory": (("아이보리", "크림", "화이트"), (226, 214, 190)),
    "grey": (("그레이", "회색", "멜란지"), (146, 150, 158)),
    "navy": (("네이비", "남색", "NAVY"), (44, 62, 112)),
    "beige": (("베이지", "모카", "오트밀"), (204, 170, 125)),
    "pink": (("핑크", "인디핑크", "PINK"), (236, 142, 166)),
    "blue": (("블루", "소라", "하늘색"), (92, 148, 214)),
    "red": (("레드", "와인", "버건디"), (188, 52, 62)),
    "green": (("카키", "그린", "민트"), (104, 138, 94)),
    "yellow": (("옐로우", "머스타드", "노랑"), (232, 182, 62)),
}
FOOD = "식품"
# Nobody sells blue apples.
_EDIBLE = ("ivory", "beige", "red", "green", "yellow")


def colours_of(leaf: Leaf) -> tuple[str, ...]:
    """Return the colours in which products of the leaf come."""
    return _EDIBLE if leaf.department == FOOD else tuple(COLOURS)
