"""Kinds of uptake scans: planar, SPECT and PET give different scores of one lesion."""

from __future__ import annotations

import numpy as np
import pandas as pd

KINDS = ("PET", "planar", "SPECT", "gamma camera")
"""Kinds of uptake scans that cannot be compared with one another; a gamma camera's may be planar or SPECT."""
PET, PLANAR, SPECT, GAMMA = range(len(KINDS))
_OF_MODALITY = {"PET-CT": PET, "PET-MRI": PET, "scintigraphy": PLANAR, "SPECT-CT": SPECT}
_OF_TRACER = {"111In-pentetreotide": GAMMA, "177Lu-DOTATATE": GAMMA}


def kinds(modality: pd.Series, tracer: pd.Series) -> np.ndarray:
    """Return the kind of each uptake scan, a position in `KINDS`, -1 where nothing tells.

    The modality says it; where it names no nuclear examination (the CT of a PET-CT, or nothing) the tracer does:
    positron emitters are imaged by PET, the others by a gamma camera, planar or SPECT.
    """
    told = modality.map(_OF_MODALITY)
    emitter = tracer.map(_OF_TRACER).where(tracer.isna() | tracer.isin(list(_OF_TRACER)), PET)
    return told.where(told.notna(), emitter).astype("float64").fillna(-1).to_numpy().astype(np.int64)


def kinds_differ(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return whether two kinds of scans are known to differ; a gamma camera may have been planar or SPECT."""
    both = (one >= 0) & (other >= 0)
    gamma = (one > PET) & (other > PET) & ((one == GAMMA) | (other == GAMMA))
    return both & (one != other) & ~gamma
