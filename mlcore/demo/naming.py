"""How shops name a product: brand, season, audience, attributes, nouns, colour, size, model."""

import random

from mlcore.demo.audiences import AUDIENCES, SHARED_WORDS, Audience, audience_of
from mlcore.demo.colours import COLOURS, FOOD
from mlcore.demo.delivery import Delivery
from mlcore.demo.products import Product, product_of
from mlcore.demo.tree import children, leaves_of

PROMOTIONS = (
    "[무료배송]",
    "(당일발송)",
    "1+1",
    "[특가]",
    "국내배송",
    "★인기★",
    "[정품]",
    "사은품증정",
)
ENGLISH = ("NEW", "SET", "Lovely", "Basic", "Premium", "Daily", "no.1", "KOREA")
PRAISE = ("인기", "추천", "고급", "선물", "신상", "대박", "국산", "튼튼한", "예쁜")
SEASONS = ("겨울", "봄", "여름", "가을")
BETWEEN = ("간절기", "봄가을", "사계절", "신상")
PHONES = ("하늘폰12", "하늘폰13 프로", "누리폰 X3", "별빛 S21", "별빛 노트9", "하늘폰 미니")
# Odd words of other audiences in listings that are filed rightly.
FAMILY = ("엄마랑 여성 커플룩", "패밀리룩 여성 남성", "아빠랑 남성 커플", "가족티 여성")

SAYS_HOUSE = 0.55
SAYS_FAMILY = 0.008
# Nouns of other things, from the same shelf or department, to be found by more searches.
SAYS_NEIGHBOUR, SAYS_DEPARTMENT = 0.3, 0.15
# The product itself goes unnamed: its picture says it, or another noun does.
NO_NOUN = 0.12
# A misfiled listing nearly always says whom it is for: that is what misled the shop.
TOLD_WHEN_MISFILED = 0.92
NOUN_FIRST = 0.25
BORROWED_WORD = 0.45
PRAISED = 0.06


def product_name(delivery: Delivery, dice: random.Random, *, wordless: float = NO_NOUN) -> str:
    """
    Return a name as a shop might write it.

    Args:
        wordless: share of names that leave the product itself unnamed.
    """
    product = product_of(delivery.leaf)
    attributes = _attributes(product, delivery, dice)
    nouns = _nouns(product, delivery, dice, wordless)
    middle = nouns + attributes if dice.random() < NOUN_FIRST else attributes + nouns
    parts = [
        dice.choice(PROMOTIONS) if dice.random() < 0.1 else "",
        delivery.house.name if delivery.house and dice.random() < SAYS_HOUSE else "",
        _season(product, delivery, dice),
        *_whom(delivery, dice),
        *(middle or product.nouns[:2]),
        *_ending(product, delivery, dice),
    ]
    return " ".join(part for part in parts if part)


def _attributes(product: Product, delivery: Delivery, dice: random.Random) -> list[str]:
    """Return what the shop praises: words of the product, of its shelf, or of anything."""
    shelf = product_of(dice.choice(children(delivery.leaf.parent)))
    words = dice.sample(product.words, k=dice.choice((0, 1, 1, 2, 2, 3)))
    borrowed = [dice.choice(shelf.words)] if dice.random() < BORROWED_WORD else []
    return words + borrowed + [word for word in PRAISE if dice.random() < PRAISED]


def _nouns(product: Product, delivery: Delivery, dice: random.Random, wordless: float) -> list[str]:
    if dice.random() < wordless:
        return _stuffing(delivery, dice)
    nouns = dice.sample(product.nouns, k=min(len(product.nouns), dice.choice((1, 1, 2, 2, 3))))
    if dice.random() < 0.6 and product.nouns[0] not in nouns:
        nouns[0] = product.nouns[0]
    return nouns + _stuffing(delivery, dice)


def _stuffing(delivery: Delivery, dice: random.Random) -> list[str]:
    """Return nouns of other things that the shop adds to be found more often."""
    shelves = [
        children(delivery.leaf.parent) if dice.random() < SAYS_NEIGHBOUR else (),
        leaves_of(delivery.leaf.department) if dice.random() < SAYS_DEPARTMENT else (),
    ]
    return [dice.choice(product_of(dice.choice(shelf)).nouns) for shelf in shelves if shelf]


def _season(product: Product, delivery: Delivery, dice: random.Random) -> str:
    if product.sizes not in {"wear", "shoe"} or dice.random() > 0.45:
        return ""
    if dice.random() < 0.25:
        return dice.choice(BETWEEN)
    return SEASONS[delivery.month % 12 // 3]


def _whom(delivery: Delivery, dice: random.Random) -> list[str]:
    """Return the words for whom the product is, sometimes with words that mislead."""
    audience = audience_of(delivery.leaf)
    if delivery.shared_with:
        both = frozenset({delivery.leaf.audience, delivery.shared_with.audience})
        return [dice.choice(SHARED_WORDS[both])]
    told = TOLD_WHEN_MISFILED if delivery.is_misfiled else audience.told
    words = [_audience_word(audience, dice)] if audience.words and dice.random() < told else []
    if delivery.leaf.audience in AUDIENCES and dice.random() < SAYS_FAMILY:
        words.append(dice.choice(FAMILY))
    return words


def _audience_word(audience: Audience, dice: random.Random) -> str:
    first, second = dice.choice(audience.words), dice.choice(audience.words)
    return first if first == second or dice.random() < 0.7 else f"{first} {second}"


def _ending(product: Product, delivery: Delivery, dice: random.Random) -> list[str]:
    words = COLOURS[delivery.colour][0]
    return [
        dice.choice(words) if delivery.leaf.department != FOOD and dice.random() < 0.3 else "",
        _size(product, audience_of(delivery.leaf), dice) if dice.random() < 0.45 else "",
        dice.choice(ENGLISH) if dice.random() < 0.06 else "",
        _model(dice) if dice.random() < (0.6 if product.sizes == "model" else 0.1) else "",
    ]


def _size(product: Product, audience: Audience, dice: random.Random) -> str:
    if product.sizes == "wear":
        return dice.choice(audience.sizes)
    if product.sizes == "shoe":
        return dice.choice(audience.shoes)
    if product.shape == "phone":
        return dice.choice(PHONES)
    return dice.choice(_MEASURES.get(product.sizes, ("",)))


_MEASURES = {
    "ml": ("50ml", "100ml", "150ml", "200ml", "300ml", "500ml", "1L", "250ml x 2"),
    "g": ("100g", "200g", "300g", "500g", "1kg", "500g x 3", "15g"),
    "kg": ("1kg", "2kg", "3kg", "5kg", "10kg", "20kg"),
    "pieces": ("10개", "20개입", "30매", "50개", "100매", "5팩", "1박스", "3개"),
    "size": ("600", "800", "1000", "1200x600", "1500", "S", "Q", "SS", "90x200"),
    "inch": ("20인치", "24인치", "26인치", "27인치", "32인치", "55인치"),
}


def _model(dice: random.Random) -> str:
    letters = "".join(dice.choices("ABCDEHJKLMNPRSTW", k=2))
    return f"{letters}{dice.choice(('-', ''))}{dice.randint(100, 9999)}"
