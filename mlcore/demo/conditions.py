"""Every number that the large market depends on, with its reason."""

from dataclasses import dataclass, fields

from mlcore.progress import BadInput

SHARES = ("noise", "misleading", "wordless", "pictured", "wrong_photo", "dated")
"""Conditions that lie between 0 and 1."""


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """
    How hard the large market is; chosen before any model was measured on it.

    The small market of `mlcore.demo.market` shows a product of LabelHub's pages around; this
    one gives a model what the talk's team had: skew, seasons, photos, shops that cannot be
    believed, wrong given categories, words that mislead.

    Raises:
        BadInput: a value is out of its range.
    """

    seed: int = 0
    """Every row follows from it and the row's own number, whatever is written beside it."""

    imbalance: float = 1000.0
    """Deliveries of the largest category against the smallest; the talk's 1000:1."""

    shown_power: float = 0.5
    """Rows shown to people (the test) come by a category's size to this power: the report
    counts every category, so rare ones are drawn more often than they are delivered."""

    half_life: float = 1.5
    """Months until half of what was registered in a month is sold out: two thirds of a
    catalogue are then younger than three months, as after the talk's 'last month'. Rows shown
    to people are spread evenly over the year instead."""

    noise: float = 0.2
    """Share of given categories that are slips to the look-alike of the true one, whatever the
    name says; people and shops disagreed with the truth about as often in the talk (.75
    right), and SELFIE's authors measure at .2 and .4."""

    misleading: float = 0.6
    """Share of a careless brand's goods that are filed under another audience although their
    name says theirs (여성 among kids' wear). Over one half, so that a model learns the brand's
    habit and no vote among its own opinions can find it: only a person's rule does. A
    twentieth of it is the share of kids' goods that say 여성 to be found by their mothers."""

    abuse: float = 1.0
    """How often shops misuse their own categories, times what `malls.csv` says: 0 makes them
    honest, 2 twice as bad. They are wrong in 7 % (the best) to 60 % of cases, and three of
    40 shops put half of everything under promotions, as the talk complains."""

    wordless: float = 0.25
    """Share of names that do not name the product; alone, the talk's words reached .86 and its
    photos .85, together .93: so each knows what the other does not in at least 7 %."""

    pictured: float = 0.95
    """Share of products with a photo; a billion listings always have some without."""

    wrong_photo: float = 0.08
    """Share of photos that show another product of the department (a banner, a bundle)."""

    dated: float = 0.97
    """Share of rows with a registration date."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in SHARES and not 0 <= value <= 1:
                raise BadInput(f"{field.name} must lie in [0, 1], not {value}.")
        if self.imbalance < 1:
            raise BadInput(f"imbalance must be at least 1, not {self.imbalance}.")
        if self.half_life <= 0:
            raise BadInput(f"half_life must be more than 0 months, not {self.half_life}.")
        if self.abuse < 0 or self.shown_power < 0:
            raise BadInput("abuse and shown_power must not be negative.")
        if not 0 <= self.seed < 2**32:
            raise BadInput(f"seed must lie in [0, 2^32), not {self.seed}.")
