"""National numbers of some fifty countries, by their check digits.

A check digit of ten or eleven values lets every tenth number pass. So what is digits only needs a word nearby; what
has letters, separators or a birthday of its own as well stands alone.
"""

from headrace.privacy.families.national_alone import STANDING_ALONE
from headrace.privacy.families.national_named import NAMED

RULES = STANDING_ALONE + NAMED
