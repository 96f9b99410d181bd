"""
Why a row is refused, in words a person can act on.

The table of refused rows stores the English sentence and pages translate it, so that a
batch reads in the language of whoever opens it. The row's own cells are stored beside it.
"""

from django.utils.translation import gettext_noop as _

# The file
BROKEN_BYTES = _("The line holds bytes that the file's encoding does not know.")
WRONG_WIDTH = _("The row has more or fewer cells than the header.")
BROKEN_QUOTES = _("A quotation mark is not closed, or text follows a closed one.")
CELL_TOO_LONG = _(
    "A cell is longer than 131,072 characters; perhaps a quotation mark is not closed."
)
STRAY_LINE_BREAK = _("A line break stands outside quotation marks.")
ZERO_BYTE = _("The row holds a zero byte.")
NEIGHBOUR_REFUSED = _("Another row of the same product was refused.")

# Any kind
EMPTY = _("The cell is empty.")
TOO_LONG = _("The text is too long.")
REPEATED = _("The same id stands more than once in the file.")
NOT_A_TIME = _("This is not a date or time, like 2026-01-31 or 2026-01-31T09:00:00+09:00.")
OTHER_CONTENT = _("It exists already with other content; import with --update to change it.")

# Categories
MALFORMED_PATH = _("A category path needs a name at every level, joined by >.")
LEVEL_TOO_LONG = _("A category name is longer than 200 characters.")
UNKNOWN_PATH = _("The category path is not in the tree.")
UNKNOWN_CODE = _("The category id is not in the tree.")
CODE_AND_PATH_DIFFER = _("The category id and the category path name different categories.")
PATH_TWICE = _("The same category path stands more than once in the file.")
NAME_IS_NOT_LAST_LEVEL = _("The name differs from the last level of the category path.")
DEPTH_DIFFERS = _("The depth differs from the number of levels of the category path.")
CODE_MOVED = _("This category id stands at another path; import with --update to move it.")
CODE_CHANGED = _("This category path has another id; import with --update to change it.")

# Synonyms
CATEGORY_OR_WORD = _("Give either a category, or the word that the synonym stands for.")
SAME_WORD = _("The synonym is the same word as the name.")
SYNONYM_TWICE = _("The same synonym stands more than once in the file.")

# Samples and what is said about them
UNKNOWN_PRODUCT = _("The product is not in the catalogue.")
NO_CATEGORY = _("A category path or a category id is needed.")
NO_PERSON = _("Nobody is named, neither in the row nor for the whole file.")
ANSWERED_TWICE = _("The same person answers the same product more than once in the file.")
OTHER_ANSWER = _("This person's answer in the round differs; import with --update to replace it.")
JUDGED_TWICE = _("The same person judges the same category of a product more than once.")
OTHER_JUDGEMENT = _("This person judged otherwise before; import with --update to replace it.")
OWN_ANSWER = _("Nobody reviews a sample they annotated.")
NOT_YES_OR_NO = _("Write true or false (also yes, no, 1, 0).")

# Predictions
NOT_A_PROBABILITY = _("A probability is a number from 0 to 1.")
NOT_A_RANK = _("A rank is a whole number from 1.")
RANK_TWICE = _("The same rank stands more than once for the product.")
CATEGORY_TWICE = _("The same category stands more than once for the product.")
SUM_OVER_ONE = _("The probabilities of the product sum to more than 1.")
RANKS_OUT_OF_ORDER = _("A lower rank has a larger probability.")
OTHER_PREDICTION = _("The version predicts otherwise for the product; import with --update.")
