import pytest

from labelhub.markdown import render


def test_emphasis_lists_and_tables_come_through():
    html = render("**bold**\n\n- one\n\n| a | b |\n|---|--:|\n| 1 | 2 |")

    assert "<strong>bold</strong>" in html
    assert "<li>one</li>" in html
    assert "<td>2</td>" in html


def test_a_line_break_stays_one():
    assert render("one\ntwo") == "<p>one<br>\ntwo</p>\n"


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[text](javascript:alert(1))",
        "[text](data:text/html;base64,PHNjcmlwdD4=)",
        "![text](javascript:alert(1))",
        '[text](https://shop.example "x" onmouseover="alert(1))',
        "<a href='java&#115;cript:alert(1)'>text</a>",
        '<p style="background:url(//evil.example)">',
    ],
)
def test_nothing_that_runs_loads_or_styles_comes_through(attack):
    html = render(attack)

    for opening in ("<script", "<img", 'href="javascript', 'href="data', "<p style", "<a on"):
        assert opening not in html


def test_what_looks_like_a_tag_is_shown_as_typed():
    assert render("<b>1 < 2</b>") == "<p>&lt;b&gt;1 &lt; 2&lt;/b&gt;</p>\n"


def test_headings_follow_those_of_the_page_without_gaps():
    assert render("# First\n\n### Second") == "<h3>First</h3>\n<h4>Second</h4>\n"


def test_links_tell_their_target_nothing_of_the_page():
    html = render("[rules](https://shop.example/rules)")

    assert 'href="https://shop.example/rules" rel="noopener noreferrer"' in html


def test_images_become_links():
    assert "<img" not in render("![bag](https://shop.example/bag.png)")
