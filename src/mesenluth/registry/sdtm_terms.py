"""SDTM's words for what the pipeline calls otherwise: how each delivered text is read.

The terms are those of the CDISC controlled terminology (codelists TUIDRS, METHOD, ONCRSR and the results of
tumour states). A term outside these lists is a finding, never a guess.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from .source import Reading

MEASURED = "MEASURED"
ABSENT = "ABSENT"
NOT_DONE = "NOT DONE"

SEX = {"F": "F", "M": "M", "U": None, "UNDIFFERENTIATED": None}

ROLE = {"TARGET": "target", "NON-TARGET": "nontarget", "NEW": "new"}

STATUS = {
    MEASURED: "measured",
    ABSENT: "absent",
    "PRESENT": "present",
    "TOO SMALL TO MEASURE": "too_small",
    NOT_DONE: "not_evaluable",
    "NOT EVALUABLE": "not_evaluable",
    "NOT ASSESSABLE": "not_evaluable",
    # UNEQUIVOCAL means two things: that a known lesion has progressed, or that a new one is there.
    "UNEQUIVOCAL PROGRESSION": "unequivocal_progression",
    "UNEQUIVOCAL NEW LESION": "present",
    "EQUIVOCAL NEW LESION": "equivocal",
}

STATE_OF_NEW = {"UNEQUIVOCAL": "UNEQUIVOCAL NEW LESION", "EQUIVOCAL": "EQUIVOCAL NEW LESION"}
STATE_OF_KNOWN = {"UNEQUIVOCAL": "UNEQUIVOCAL PROGRESSION"}

MODALITY = {
    "CT SCAN": "CT",
    "CONTRAST ENHANCED CT SCAN": "CT",
    "SPIRAL CT": "CT",
    "MRI": "MRI",
    "CONTRAST ENHANCED MRI": "MRI",
    "PET/CT SCAN": "PET-CT",
    "PET/MRI SCAN": "PET-MRI",
    "SCINTIGRAPHY": "scintigraphy",
    "SPECT/CT SCAN": "SPECT-CT",
    "X-RAY": "X-ray",
    "ULTRASOUND": "ultrasound",
    "PHYSICAL EXAMINATION": "clinical",
    "PALPATION": "clinical",
}

KIND = {"OVRLRESP": "overall", "TRGRESP": "target", "NTRGRESP": "nontarget"}

RESPONSE = {
    "CR": "CR",
    "PR": "PR",
    "SD": "SD",
    "PD": "PD",
    "NON-CR/NON-PD": "NON-CR/NON-PD",
    "NE": "NE",
    "NED": "NED",
    "NA": None,
}


def readings(units: pd.Series) -> dict[str, dict[str, Reading]]:
    """Return how the delivered text of every table is to be read.

    Parameters
    ----------
    units : Series of str
        TRSTRESU: lengths are read in cm where every one is in cm, else in mm; the odd one out is a finding.
    """
    length = Reading(unit=length_unit(units))
    coded: dict[str, dict[str, dict[str, Any]]] = {
        "patients": {"sex": SEX},
        "scans": {"modality": MODALITY},
        "lesions": {"role": ROLE},
        "measurements": {"status": STATUS},
        "responses": {"kind": KIND, "response": RESPONSE},
    }
    out = {table: {c: Reading(codes=codes) for c, codes in columns.items()} for table, columns in coded.items()}
    out["measurements"] |= {"longest_diameter_um": length, "short_axis_um": length}
    return out


def length_unit(units: pd.Series) -> str:
    """Return the unit that lengths are delivered in."""
    return "cm" if set(units.dropna().str.lower()) == {"cm"} else "mm"
