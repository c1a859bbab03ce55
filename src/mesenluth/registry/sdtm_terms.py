"""SDTM's words for what the pipeline calls otherwise: how each delivered text is read.

The terms are those of the CDISC controlled terminology (codelists TUIDRS, METHOD, ONCRSR and the results of
tumour states). A term outside these lists is a finding, never a guess.
"""

from __future__ import annotations

from collections.abc import Mapping
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


YES_NO = {"Y": True, "N": False, "U": None}
SURVIVAL = {"alive": "alive", "dead": "dead", "ALIVE": "alive", "LOST TO FOLLOW-UP": "lost", "UNKNOWN": None}

ORGAN_CLASSES = {
    "Blood and lymphatic system disorders": "haematological",
    "Cardiac disorders": "other",
    "Congenital, familial and genetic disorders": "other",
    "Ear and labyrinth disorders": "other",
    "Endocrine disorders": "other",
    "Eye disorders": "other",
    "Gastrointestinal disorders": "gastrointestinal",
    "General disorders and administration site conditions": "general",
    "Hepatobiliary disorders": "hepatic",
    "Immune system disorders": "other",
    "Infections and infestations": "other",
    "Injury, poisoning and procedural complications": "other",
    "Investigations": "other",
    "Metabolism and nutrition disorders": "other",
    "Musculoskeletal and connective tissue disorders": "other",
    "Neoplasms benign, malignant and unspecified (incl cysts and polyps)": "other",
    "Nervous system disorders": "other",
    "Pregnancy, puerperium and perinatal conditions": "other",
    "Product issues": "other",
    "Psychiatric disorders": "other",
    "Renal and urinary disorders": "renal",
    "Reproductive system and breast disorders": "other",
    "Respiratory, thoracic and mediastinal disorders": "other",
    "Skin and subcutaneous tissue disorders": "other",
    "Social circumstances": "other",
    "Surgical and medical procedures": "other",
    "Vascular disorders": "vascular",
}
"""MedDRA's system organ classes -> categories of adverse events."""


def readings(units: pd.Series, tables: Mapping[str, pd.DataFrame]) -> dict[str, dict[str, Reading]]:
    """Return how the delivered text of every table is to be read.

    Parameters
    ----------
    units : Series of str
        TRSTRESU: lengths are read in cm where every one is in cm, else in mm; the odd one out is a finding.
    tables : mapping of str to DataFrame
        What is delivered: terms of what a trial may lack are declared where it is there.
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
    if "adverse_events" in tables:
        out["adverse_events"] = {"category": Reading(codes=ORGAN_CLASSES, any_case=True)}
    if "prior_local_therapy" in tables["lesions"]:
        out["lesions"]["prior_local_therapy"] = Reading(codes=YES_NO)
    if not tables["follow_up"]["vital_status"].isin(["alive", "dead"]).all():
        out["follow_up"] = {"vital_status": Reading(codes=SURVIVAL)}
    out["measurements"] |= {"longest_diameter_um": length, "short_axis_um": length}
    return out


def length_unit(units: pd.Series) -> str:
    """Return the unit that lengths are delivered in."""
    return "cm" if set(units.dropna().str.lower()) == {"cm"} else "mm"
