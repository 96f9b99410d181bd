import re

# Real names that would be somebody's property; the market invents its own.
TRADEMARKS = re.compile(
    "삼성|엘지|애플|아이폰|갤럭시|나이키|아디다스|구찌|샤넬|에르메스|노스페이스|코오롱|유니클로"
    "|스타벅스|네이버|쿠팡|필립스|다이슨|레고|농심|오뚜기|정관장|설화수"
    "|samsung|apple|iphone|galaxy|nike|adidas|gucci|chanel|lego|dyson",
    re.IGNORECASE,
)


def test_names_hold_no_real_brand(shown, delivered):
    names = [f"{row.product_name} {row.brand} {row.mall_name}" for row in shown + delivered]

    assert not [name for name in names if TRADEMARKS.search(name)]


def test_names_are_short_lines_without_stray_blanks(delivered):
    assert all(row.product_name == " ".join(row.product_name.split()) for row in delivered)
    assert all(1 <= len(row.product_name) <= 100 for row in delivered)


def test_names_vary(shown):
    assert len({row.product_name for row in shown}) > 0.98 * len(shown)


def test_names_mix_sizes_promotions_and_english(delivered):
    text = "\n".join(row.product_name for row in delivered)

    assert "110-160" in text
    assert "[무료배송]" in text
    assert "Lovely" in text
