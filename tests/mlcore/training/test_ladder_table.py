from mlcore.training.ladder import DONE, NOT_APPLICABLE, Step
from mlcore.training.ladder_table import as_record, as_table

STEP = Step(
    key="selfie",
    title="+ SELFIE",
    state=DONE,
    figures={"n": 4, "accuracy": 0.75, "levels": {"1": 1.0, "2": 0.75}, "macro_f1": 0.5},
    fit_seconds=61.4,
    rows_per_second=1234,
    size=2_500_000,
    notes={"refurbished": 3},
    gain={"points": 0.021, "low": -0.004, "high": 0.045},
)


def test_a_rung_is_one_line_with_its_gain_in_points():
    assert as_table([STEP]).splitlines()[-1] == (
        "| + SELFIE | 0.7500 | 1.000 0.750 | 0.500 | +2.1 (-0.4 to +4.5) | 61 s | 1,234 | 2.5 MB |"
    )


def test_a_rung_that_does_not_apply_says_why():
    step = Step("image", "+ image", NOT_APPLICABLE, "there are no photos")

    assert "not applicable: there are no photos" in as_table([step])


def test_records_hold_every_field():
    [record] = as_record([STEP])

    assert record["notes"] == {"refurbished": 3}
    assert record["gain"]["points"] == 0.021
