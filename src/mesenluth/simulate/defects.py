"""All defects of the synthetic registry, in an order that leaves every kind its place."""

from __future__ import annotations

import numpy as np

from . import (
    beyond,
    defects_added,
    defects_clinical,
    defects_contract,
    defects_day_zero,
    defects_included,
    defects_linked,
    defects_other,
    defects_series,
    defects_warnings,
)
from .planter import COLUMNS, Planter
from .records import Records
from .source import Texts

__all__ = ["COLUMNS", "plant"]


def plant(
    rng: np.random.Generator,
    spelling: np.random.Generator,
    later: np.random.Generator,
    further: np.random.Generator,
    made: Records,
    which: str = "standard",
) -> tuple[Texts, list[dict[str, str]]]:
    """Spell the clean records, spoil some of them, and add what measures beyond RECIST need.

    `later` is the stream of what was added to the first version, `further` that of what is added when all is spelt.
    `which` is the list of defects: ``standard``, ``other`` (kinds that the standard one does not have) or ``none``.

    Returns
    -------
    Texts
        The source tables.
    list of dict
        The manifest: one row a finding that the defects have to give, with the columns of `COLUMNS`.
    """
    planter = Planter(rng, made, Texts(spelling, made))
    if which != "standard":
        defects_other.settle(planter)
        defects_added.assessments(planter, later)
        beyond.add(further, planter)
        if which == "other":
            planter.rng = rng
            defects_other.plant(planter)
            planter.silence()
        return planter.texts, planter.expected()
    # First what needs a patient of a certain kind, last what any row will do for.
    defects_included.unreadable_masses(planter)
    defects_warnings.plant(planter)
    defects_series.plant(planter)
    defects_clinical.plant(planter)
    defects_contract.plant(planter)
    defects_included.plant(planter)
    planter.silence()
    defects_contract.recorded(planter)
    defects_clinical.contradictions(planter)
    defects_linked.plant(planter)
    defects_day_zero.expect(planter)
    defects_added.plant(planter, later)
    beyond.add(further, planter)
    return planter.texts, planter.expected()
