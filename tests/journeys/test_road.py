"""
The whole road in a browser, on the demo market: label, judge, exclude a keyword, retrain, report.
From an empty installation it is walked in test_road_of_real_rows.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys import road

pytestmark = pytest.mark.timeout(900)


def test_the_demo_road_leads_from_a_wrong_word_to_a_new_report(demo, open_page):
    annotator = open_page(demo, "annotator")
    annotator.goto("/label/")
    annotator.get_by_role("link", name="검증 세트 1차").click()
    road.label_next(annotator, "재킷")
    curator = open_page(demo, "curator")
    road.judge(curator, "/review/", 3)
    road.add_rule(demo, curator, "커플", "유아동")
    road.train(demo, curator, "v3", epochs=2)
    road.predict(demo, curator, "검증 세트 1차")
    road.report(curator, "세 버전", source="people")
    pm = open_page(demo, "pm")
    pm.goto("/report/")
    pm.click("text=세 버전")

    for version in ("v1", "v2", "v3"):
        expect(pm.locator("main")).to_contain_text(version)
