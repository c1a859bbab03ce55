"""In which compartment each lesion lies, and which of its diameters counts there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..errors import ConfigurationError
from ..tables.conditions import check, evaluate
from ..tables.registry import LESIONS
from .arrays import Ints
from .settings import AXES, WHOLE_PATIENT

DEFAULT_AXIS = "nodal_rule"
"""Axis of a lesion outside every compartment: nodes by the short axis, all others by the longest (RECIST 1.1, 4.2)."""


def names(compartments: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the compartments every patient is read in: the study's own, then the whole patient."""
    return [*(c["id"] for c in compartments), WHOLE_PATIENT]


def assign(lesions: pd.DataFrame, compartments: Sequence[Mapping[str, Any]]) -> Ints:
    """Return the compartment of each lesion: the first whose condition is true; -1 if none is.

    A condition that is unknown for a lesion does not place it.

    Parameters
    ----------
    lesions : DataFrame
        Registry table.
    compartments : sequence of mapping
        The study's compartments: `id`, `where`, `measure_axis`.
    """
    place = np.full(len(lesions), -1, np.int64)
    for i, compartment in enumerate(compartments):
        check(compartment["where"], LESIONS, f"compartments[{i}].where")
        inside = evaluate(compartment["where"], lesions, LESIONS).fillna(False).to_numpy(dtype=bool)
        place = np.where((place < 0) & inside, i, place)
    return place


def axes(place: Ints, nodal: np.ndarray, compartments: Sequence[Mapping[str, Any]]) -> tuple[np.ndarray, np.ndarray]:
    """Return whether each lesion counts by its short axis, and whether it is judged as a node.

    ``longest``: a node is measured and judged as any other lesion. ``short``: every lesion by its short axis, and
    nodes are judged as nodes. ``nodal_rule``: nodes by the short axis, all others by the longest diameter. A lesion
    has one diameter, that of its compartment: the sum of the whole patient is the sum of its parts.

    Parameters
    ----------
    place : array of int
        As `assign` returns it.
    nodal : array of bool
        Whether each lesion is a lymph node.
    """
    wanted = [c.get("measure_axis", DEFAULT_AXIS) for c in compartments]
    for i, axis in enumerate(wanted):
        if axis not in AXES:
            raise ConfigurationError(f"compartments[{i}].measure_axis: {axis!r}", f"one of {', '.join(AXES)}")
    # The last element is reached through -1: lesions outside every compartment.
    axis = np.array([*(AXES.index(a) for a in wanted), AXES.index(DEFAULT_AXIS)])[place]
    longest, short = AXES.index("longest"), AXES.index("short")
    return (axis == short) | ((axis != longest) & nodal), nodal & (axis != longest)
