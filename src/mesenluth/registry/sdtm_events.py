"""SDTM's EX, AE and SS: administrations, adverse events and survival status; all of it still text."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd

from ..tables.io import STRING
from .sdtm_dates import calendar
from .sdtm_text import day_of, finish, join, matches, snake

NUMBER = r"\d+(?:[.]\d+)?"


def administrations(ex: pd.DataFrame, name: str, notes: list[str]) -> pd.DataFrame:
    """Return one row a record of EX; a cycle is the how manyth record of its subject, by date."""
    dated = ex.assign(date=calendar(ex["EXSTDTC"]), order=pd.to_numeric(ex["EXSEQ"], errors="coerce"))
    dated = dated.sort_values(["patient", "date", "order"], kind="stable")
    cycle = (dated.groupby("patient").cumcount() + 1).reindex(ex.index)
    unit = ex["EXDOSU"].str.upper()
    number = matches(ex["EXDOSE"], NUMBER)
    small = number & (unit == "MBQ").fillna(False)
    dose = ex["EXDOSE"].where(number & (unit == "GBQ").fillna(False))
    dose = dose.mask(small, ex["EXDOSE"].where(small).map(_thousandth, na_action="ignore"))
    other = unit[number & dose.isna()].fillna("no unit").value_counts().sort_index()
    notes += [f"EXDOSE in {u} is no activity, {n} rows" for u, n in other.items()]
    out = pd.DataFrame(
        {
            "administration_id": join(ex["patient"], ex["EXSEQ"]),
            "patient_id": ex["patient"],
            "cycle_number": cycle.astype("Int64").astype(STRING),
            "administration_date": day_of(ex["EXSTDTC"]),
            "product": ex["EXTRT"],
            "activity_gbq": dose,
        }
    )
    return finish(out, name, join(ex["patient"], ex["EXSEQ"]))


def _thousandth(text: str) -> str:
    return f"{Decimal(text).scaleb(-3).normalize():f}"


def adverse_events(ae: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return one row a record of AE, by its dictionary-derived term; the verbatim term is free text and left behind."""
    out = pd.DataFrame(
        {
            "adverse_event_id": join(ae["patient"], ae["AESEQ"]),
            "patient_id": ae["patient"],
            "term": snake(ae["AEDECOD"]),
            "category": ae["AEBODSYS"],
            "start_date": day_of(ae["AESTDTC"]),
            "end_date": day_of(ae["AEENDTC"]),
            "ctcae_grade": ae["AETOXGR"],
        }
    )
    return finish(out, name, join(ae["patient"], ae["AESEQ"]))


def survival(ss: pd.DataFrame, name: str, dead: set[str], notes: list[str]) -> pd.DataFrame:
    """Return one row a contact of SS at which a subject was alive or lost.

    SSDTC of a death is the day on which it was learned, not its date: that is DTHDTC of DM.

    Parameters
    ----------
    dead : set of str
        Patients whose date of death is known.
    """
    other = ss["SSTESTCD"] != "SURVSTAT"
    counts = ss.loc[other, "SSTESTCD"].fillna("missing").value_counts().sort_index()
    notes += [f"not used: SSTESTCD {t}, {n} rows" for t, n in counts.items()]
    ss = ss[~other]
    died = ss["SSSTRESC"] == "DEAD"
    undated = set(ss.loc[died, "patient"]) - dead
    if undated:
        notes.append(f"{len(undated)} subjects are dead by SS and have no DTHDTC: the day of death is not known")
    ss = ss[~died]
    out = pd.DataFrame(
        {
            "follow_up_id": join(ss["patient"], "SS" + ss["SSSEQ"]),
            "patient_id": ss["patient"],
            "follow_up_date": day_of(ss["SSDTC"]),
            "vital_status": ss["SSSTRESC"],
        }
    )
    return finish(out, name, join(ss["patient"], ss["SSSEQ"]))
