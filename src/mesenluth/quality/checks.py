"""The check functions a rule of the catalogue may name.

Each takes (tables, study, parameters) and returns an `Outcome` over the accepted rows of the rule's table.
"""

from __future__ import annotations

from . import checks_coherence, checks_lesions, checks_records, checks_series
from .judged import Known

CHECKS: dict[str, Known] = {
    **checks_records.CHECKS,
    **checks_lesions.CHECKS,
    **checks_series.CHECKS,
    **checks_coherence.CHECKS,
}
"""Name in rules.yaml -> function and the parameters it takes."""
