"""The small things of every page: paths, verdicts, numbers, times, table heads."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.utils import translation

from labelhub.tables import Ordering

AT = datetime(2019, 10, 24, 0, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def shown(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


def test_the_leaf_of_a_path_is_strong():
    html = shown("{% category_path path %}", path="출산/육아>유아동의류>재킷")

    assert html == ('<span class="path">출산/육아<i>›</i>유아동의류<i>›</i><b>재킷</b></span>')


def test_beside_another_path_the_first_difference_is_underlined():
    html = shown("{% category_path one two %}", one="a>b>d", two="a>c>d")

    assert "<u>b</u>" in html
    assert html.count("<u>") == 1


def test_a_path_that_ends_earlier_differs_where_it_ends():
    assert "<u>b</u>" in shown("{% category_path one two %}", one="a>b", two="a")


def test_an_object_with_a_path_is_shown_by_it():
    assert "<b>b</b>" in shown("{% category_path c %}", c=SimpleNamespace(path="a>b"))


def test_no_path_is_a_dash():
    assert "–" in shown("{% category_path c %}", c=None)


def test_a_category_name_is_text_and_never_markup():
    assert "<script>" not in shown("{% category_path c %}", c="<script>")


def test_a_badge_has_shape_letter_and_name():
    html = shown("{% verdict_badge 'human' %}")

    assert "#mark-human" in html
    assert ">H<" in html
    assert "human right" in html


def test_a_badge_has_a_korean_letter():
    with translation.override("ko"):
        assert ">사<" in shown("{% verdict_badge 'human' %}")


def test_the_bar_draws_verdicts_in_their_order_and_says_the_counts():
    html = shown("{% verdict_stack counts %}", counts={"human": 3, "same": 1})

    assert 'class="same" x="0.000%" width="25.000%"' in html
    assert 'class="human" x="25.000%" width="75.000%"' in html
    assert 'aria-label="same 1, human right 3"' in html


def test_the_bar_hatches_what_is_unreviewed():
    assert "url(#pattern-unreviewed)" in shown("{% verdict_stack c %}", c={"unreviewed": 1})


def test_a_bar_of_nothing_is_a_dash():
    assert "–" in shown("{% verdict_stack counts %}", counts={})


def test_a_share_carries_its_wilson_interval():
    # 162 of 188: (k/n + z²/2n ± z√(p(1-p)/n + z²/4n²)) / (1 + z²/n) = 0.805, 0.904
    html = shown("{% share 162 188 %}")

    assert html == '<b>86.2%</b><span class="ci">80.5–90.4</span>'


def test_a_share_of_nothing_is_a_dash():
    assert "–" in shown("{% share 0 0 %}")


@pytest.mark.parametrize(
    ("value", "expected"), [(0.862, "86.2%"), (0, "0.0%"), (1, "100.0%"), (None, "–")]
)
def test_percent(value, expected):
    assert shown("{{ value|percent }}", value=value) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(0.009, "+0.9"), (-0.004, "−0.4"), (0.0001, "± 0.0"), (None, "–")]
)
def test_points(value, expected):
    assert shown("{{ value|points }}", value=value) == expected


def test_counts_have_thousands_separators():
    assert shown("{{ n|count }}", n=120000) == "120,000"


def test_a_time_names_its_zone():
    assert "2019-10-24 09:12 KST" in shown("{{ at|local_time }}", at=AT)


def test_a_time_keeps_its_offset_for_programs():
    assert 'datetime="2019-10-24T09:12:00+09:00"' in shown("{{ at|local_time }}", at=AT)


@pytest.mark.parametrize(
    ("seconds", "expected"), [(5, "5 s"), (65, "1 min 5 s"), (3700, "1 h 1 min"), (None, "–")]
)
def test_duration(seconds, expected):
    assert shown("{{ seconds|duration }}", seconds=seconds) == expected


def head(rf, address: str, *, key: str = "total", is_descending: bool = True) -> str:
    order = Ordering(key=key, is_descending=is_descending, fields=())
    tag = '{% sort_header "total" "Total" num=True %}'
    return shown(tag, request=rf.get(address), ordering=order)


def test_the_head_of_the_sorted_column_says_so_and_turns_around(rf):
    html = head(rf, "/?sort=-total")

    assert 'aria-sort="descending"' in html
    assert 'href="?sort=total"' in html


def test_the_first_click_on_a_number_starts_with_the_largest(rf):
    assert 'href="?sort=-total"' in head(rf, "/", key="name", is_descending=False)


def test_sorting_keeps_the_filters_and_goes_back_to_the_first_page(rf):
    html = head(rf, "/?q=a&page=3&sort=-total")

    assert "q=a" in html
    assert "page=" not in html


def test_exports_are_of_the_rows_that_are_shown(rf):
    html = shown("{% export_links %}", request=rf.get("/?q=a&page=3"))

    assert "?q=a&amp;format=csv" in html


def test_everything_is_offered_only_where_something_is_filtered(rf):
    assert "href" in shown("{% clear_filters %}", request=rf.get("/?q=a"))
    assert "href" not in shown("{% clear_filters %}", request=rf.get("/?sort=a&q="))


def test_a_figure_cannot_break_out_of_its_script():
    html = shown("{% chart figure 'one' 'One' %}", figure={"data": [{"x": ["</script>"]}]})

    assert html.count("</script>") == 1
