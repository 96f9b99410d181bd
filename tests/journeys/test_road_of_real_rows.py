"""
The whole road in a browser, from an empty installation with real rows: import, label, train,
predict, compare, judge, exclude a keyword, retrain, report.
"""

from __future__ import annotations

import csv
import itertools
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import road
from tests.journeys.installation import running

pytestmark = pytest.mark.timeout(600)

PASSWORD = "a long enough phrase"
SAMPLES, CORPUS = 400, 4_000


def first_rows(source: Path, destination: Path, count: int) -> Path:
    """Copy the first rows of a real file into a temporary folder."""
    with source.open(newline="", encoding="utf-8-sig") as file:
        rows = list(itertools.islice(csv.reader(file), count + 1))
    with destination.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return destination


def take_real_rows(page: Page, *, given: str) -> None:
    page.fill("input[name=round]", given)
    page.select_option("select[name=source]", "given")
    page.check("input[name=create_categories]")


def test_the_road_from_an_empty_installation_with_real_rows(
    browser, real_data, tmp_path, tmp_path_factory
):
    samples = first_rows(real_data / "naver/validation_120k.csv", tmp_path / "samples.csv", SAMPLES)
    rows = first_rows(real_data / "naver/train_47k.csv", tmp_path / "corpus.csv", CORPUS)
    with running(tmp_path_factory.mktemp("real")) as here:
        link = here.manage("invite_admin").strip()
        chief = browser.new_context(base_url=here.url, locale="ko-KR").new_page()
        road.make_first_admin(chief, link, PASSWORD)
        invitation = road.add_person(chief, "narae", "annotator")
        narae = browser.new_context(base_url=here.url, locale="ko-KR").new_page()
        road.choose_password(narae, invitation, PASSWORD)

        road.import_file(here, chief, "categories", real_data / "naver/categories.csv")
        road.import_file(
            here, chief, "samples", samples, lambda page: take_real_rows(page, given="given")
        )
        road.draw_round(chief, "사람", number=20, level=2)
        narae.goto("/label/")
        for query in ("휴대폰액세서리", "여성의류"):
            road.label_next(narae, query)

        here.manage("import_corpus", str(rows), "--name", "naver")
        road.train(here, chief, "v1", epochs=2)
        road.predict(here, chief, "given")
        road.visit(chief, "/analysis/?source=given")
        expect(chief.locator("main")).to_contain_text("기존 카테고리와의 일치")
        road.judge(chief, "/review/?source=given", 10)
        road.add_group(chief, "폰", "휴대폰액세서리")
        road.add_rule(here, chief, "차량용", "폰")
        road.train(here, chief, "v2", epochs=2)
        road.predict(here, chief, "given")
        road.report(chief, "두 버전", source="given")

        main = chief.locator("main")
        expect(main).to_contain_text("v1")
        expect(main).to_contain_text("v2")
        expect(main).not_to_contain_text(re.compile("사람 정확도"))
        answers = "SELECT count(*) FROM labelling_annotation a JOIN labelling_round r"
        assert here.rows(f"{answers} ON r.id = a.round_id WHERE r.source = 'people'") == [(2,)]
        assert here.rows("SELECT count(*) FROM labelling_judgement")[0][0] >= 20
