"""What the people of the market say beside their answers."""

from dataclasses import dataclass

# What the demo's annotators are told, in Markdown.
GUIDELINE_KO = """## 고르는 기준
- 상품명과 이미지가 가리키는 물건의 **최하위 카테고리**를 고릅니다.
- 입는 사람이 다르면 카테고리도 다릅니다. 유아·아동용은 출산/육아, 임부용은 임부복에서 찾습니다.
- 여러 상품을 묶어 팔면 주된 상품을 따릅니다.

## 헷갈릴 때
- 주된 상품을 알 수 없으면 *판단 불가*로 남깁니다.
- 쇼핑몰 카테고리는 참고만 합니다. 상품명과 다르면 상품명을 따릅니다."""
KIDS_JACKET = "출산/육아>유아동의류>재킷"
WOMENS_JACKET = "패션의류>여성의류>재킷"
KIDS_JACKET_GUIDELINE_KO = """키즈, 주니어, 남아, 여아처럼 **아이가 입는다는 말**이 있는 재킷입니다.

- 36개월 이하가 입는 것은 유아의류에서 찾습니다.
- 어른 것과 같은 이름이라도 100–160 같은 아동 호수가 있으면 여기입니다."""


@dataclass(frozen=True)
class DemoExample:
    """A category, and whether a product whose truth is a kids' jacket belongs to it."""

    category_path: str
    belongs: bool
    note_ko: str


@dataclass(frozen=True)
class DemoQuestion:
    """A question about the guideline; without an answer it waits for a curator."""

    text_ko: str
    answer_ko: str = ""


@dataclass(frozen=True)
class DemoFlag:
    """Something is wrong with a product; `kind` as LabelHub calls it."""

    kind: str
    comment_ko: str


EXAMPLES = (
    DemoExample(KIDS_JACKET, True, "아이가 입는 재킷입니다."),
    DemoExample(KIDS_JACKET, True, "쇼핑몰 카테고리가 달라도 상품명을 따릅니다."),
    DemoExample(WOMENS_JACKET, False, "여성의류로 등록되었지만 아이 옷입니다."),
)
QUESTIONS = (
    DemoQuestion(
        "패밀리룩처럼 어른과 아이 옷을 함께 파는 상품은 어디로 고르나요?",
        "상품명 맨 앞에 나오는 사람을 따릅니다. 알 수 없으면 판단 불가로 남겨 주세요.",
    ),
    DemoQuestion("재킷과 점퍼가 상품명에 함께 있으면 무엇을 따르나요?"),
)
FLAGS = (
    DemoFlag("wrong_image", "이미지가 상품명과 다른 상품입니다."),
    DemoFlag("tree", "비슷한 카테고리도 찾지 못했습니다."),
    DemoFlag("several_products", ""),
)
# Reasons as the page offers them, or in the person's own words.
SKIPS = ("unclear", "unknown", "상품명이 잘려 있습니다.")
# What was searched for in vain before a category was chosen.
MISSED = (
    ("아우터", KIDS_JACKET, 7),
    ("카우치", "가구/인테리어>거실/주방가구>소파", 4),
    ("후라이판", "생활/건강>주방용품>프라이팬", 3),
)
