"""SDTM domains to the pipeline's tables: select, rename and pivot; all of it still text."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ..tables.io import STRING
from .pseudonyms import Pseudonymiser
from .sdtm_dates import complete
from .sdtm_events import administrations, adverse_events, survival
from .sdtm_measurements import SIZES, STATE, measurements
from .sdtm_supplements import accepted
from .sdtm_terms import KIND
from .sdtm_text import day_of, finish, join, matches, snake


def canonical(
    domains: Mapping[str, pd.DataFrame],
    names: Mapping[str, str],
    pseudonyms: Pseudonymiser,
    partial_dates: str = "refuse",
    diameter: str = "recorded",
    only_accepted: bool = False,
) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Map the domains to registry tables.

    Parameters
    ----------
    domains : mapping of str to DataFrame
        dm, tu, tr, rs, ex, ae and ss: text (dtype `STRING`) of the variables in `sdtm.VARIABLES`.
    names : mapping of str to str
        Domain -> name of its data set, for `source_table`.
    pseudonyms : Pseudonymiser
        Applied to USUBJID; no table, key or note holds it otherwise.
    partial_dates : str
        ``refuse``, ``first`` or ``last``: see `sdtm_dates.complete`.
    diameter : str
        The size that a lesion contributes. ``recorded``: TRTESTCD DIAMETER where it is delivered (the CDISC oncology
        guide's record of the diameter that RECIST asks for), else by site. ``by_site``: LPERP of lymph nodes, LDIAM
        of everything else, whatever DIAMETER says.
    only_accepted : bool
        Of a role whose records carry accepted flags, take the accepted ones, as one reader.

    Returns
    -------
    tables : dict of str to DataFrame
        patients, administrations, scans, lesions, measurements, follow_up, responses: text columns of the contracts
        with source_table, source_key and row_sha256.
    notes : list of str
        What was left out, completed or imputed, with counts.
    """
    notes: list[str] = []
    dm, tu, tr, rs, ex, ae, ss = (
        _prepared(domains[d], d, pseudonyms) for d in ("dm", "tu", "tr", "rs", "ex", "ae", "ss")
    )
    if only_accepted:
        tu, tr, rs = (accepted(rows, d, notes) for d, rows in (("tu", tu), ("tr", tr), ("rs", rs)))
    start = dm.drop_duplicates("patient").set_index("patient")["RFSTDTC"]
    tu = _identifications(tu, notes)
    tr = _results(tr, tu, start, partial_dates, notes)
    rs = _recorded(rs, start, partial_dates, notes)
    _name_assessments(tr, rs, notes)
    tables = {
        "patients": _patients(dm, names["dm"]),
        "administrations": (
            administrations(ex, names["ex"], notes) if len(ex) else _administrations(dm, names["dm"], notes)
        ),
        "scans": _scans(tr, names["tr"]),
        "lesions": _lesions(tu, tr, names["tu"], notes),
        "measurements": measurements(tr, tu, names["tr"], diameter, notes),
        "follow_up": _follow_up(dm, names["dm"]),
        "responses": _responses(rs, names["rs"]),
    }
    if len(ae):
        tables["adverse_events"] = adverse_events(ae, names["ae"])
    if len(ss):
        dead = set(dm.loc[dm["DTHDTC"].notna(), "patient"])
        contacts = survival(ss, names["ss"], dead, notes)
        tables["follow_up"] = pd.concat([tables["follow_up"], contacts], ignore_index=True)
    return tables, notes


def _prepared(rows: pd.DataFrame, domain: str, pseudonyms: Pseudonymiser) -> pd.DataFrame:
    """Return a domain with the patient's pseudonym, and who evaluated; USUBJID is gone."""
    prefix = domain.upper()
    out = rows.drop(columns="USUBJID").assign(patient=pseudonyms(rows["USUBJID"], "patient").astype(STRING))
    if f"{prefix}EVAL" in rows:
        # EVALID tells readers of one role apart; an investigator has none.
        out["evaluator"] = snake(rows[f"{prefix}EVALID"].where(rows[f"{prefix}EVALID"].notna(), rows[f"{prefix}EVAL"]))
    return out


def _patients(dm: pd.DataFrame, name: str) -> pd.DataFrame:
    year = dm["BRTHDTC"].str.extract(r"^(\d{4})(?:-.*)?$")[0]
    unread = dm["BRTHDTC"].notna() & year.isna()
    out = pd.DataFrame(
        {
            "patient_id": dm["patient"],
            "centre": dm["SITEID"],
            "sex": dm["SEX"],
            # Only the year is taken in; what is no ISO date is not passed on, only that it could not be read.
            "birth_year": year.mask(unread, "unreadable date"),
        }
    )
    return finish(out, name, dm["patient"])


def _administrations(dm: pd.DataFrame, name: str, notes: list[str]) -> pd.DataFrame:
    """One row a treated subject. RFSTDTC stands in for a data set without RFXSTDTC, not for a subject without it."""
    treated = "RFXSTDTC" if dm["RFXSTDTC"].notna().any() else "RFSTDTC"
    given = dm[dm[treated].notna()]
    if len(given) < len(dm):
        notes.append(
            f"{len(dm) - len(given)} of {len(dm)} subjects have no {treated}: never treated, no administration"
        )
    out = pd.DataFrame(
        {
            "administration_id": given["patient"] + "/1",
            "patient_id": given["patient"],
            "cycle_number": "1",
            "administration_date": day_of(given[treated]),
            "product": given["ACTARM"].where(given["ACTARM"].notna(), given["ARM"]),
        }
    )
    return finish(out, name, given["patient"])


def _follow_up(dm: pd.DataFrame, name: str) -> pd.DataFrame:
    dead = dm["DTHDTC"].notna()
    news = dm[dead | dm["RFPENDTC"].notna()]
    dead = dead[news.index]
    out = pd.DataFrame(
        {
            "follow_up_id": news["patient"] + "/1",
            "patient_id": news["patient"],
            "follow_up_date": day_of(news["DTHDTC"].where(dead, news["RFPENDTC"])),
            "vital_status": pd.Series("alive", index=news.index, dtype=STRING).mask(dead, "dead"),
        }
    )
    return finish(out, name, news["patient"])


def _identifications(tu: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    other = tu[tu["TUTESTCD"].notna() & (tu["TUTESTCD"] != "TUMIDENT")]
    notes += [f"not used: TUTESTCD {t}, {n} rows" for t, n in other["TUTESTCD"].value_counts().sort_index().items()]
    tu = tu.drop(index=other.index)
    return tu.assign(
        lesion=join(tu["patient"], tu["evaluator"], tu["TULNKID"]),
        role=tu["TUSTRESC"].where(tu["TUSTRESC"].notna(), tu["TUORRES"]),
        node=matches(tu["TULOC"].str.upper(), ".*LYMPH NODE.*"),
    )


def _results(tr: pd.DataFrame, tu: pd.DataFrame, start: pd.Series, how: str, notes: list[str]) -> pd.DataFrame:
    """Return the records about single lesions, with their lesion, date and scan."""
    used = tr["TRTESTCD"].isin([*SIZES, STATE])
    other = tr.loc[~used, "TRTESTCD"].fillna("missing").value_counts().sort_index()
    notes += [f"not used: TRTESTCD {t}, {n} rows" for t, n in other.items()]
    tr = tr[used].reset_index(drop=True)
    tr["lesion"] = join(tr["patient"], tr["evaluator"], tr["TRLNKID"])
    tr["date"], told = _dates(tr, "TR", start, how)
    notes += told
    known = tu.drop_duplicates("lesion").set_index("lesion")["TUMETHOD"]
    tr["method"] = tr["TRMETHOD"].where(tr["TRMETHOD"].notna(), tr["lesion"].map(known).astype(STRING))
    tr["visit"] = tr["VISITNUM"].where(tr["VISITNUM"].notna(), snake(tr["VISIT"]))
    # The date as it was delivered names the scan, so that an imputed one is seen for what it is.
    delivered = day_of(tr["TRDTC"])
    tr["scan"] = join(tr["patient"], tr["visit"], delivered.fillna("undated"), snake(tr["method"]).fillna("unknown"))
    return tr


def _dates(rows: pd.DataFrame, prefix: str, start: pd.Series, how: str) -> tuple[pd.Series, list[str]]:
    asked = pd.DataFrame(
        {
            "subject": rows["patient"],
            "dtc": rows[f"{prefix}DTC"],
            "day": rows[f"{prefix}DY"],
            "visit": rows["VISITNUM"],
            "reference": rows["patient"].map(start).astype(STRING),
        }
    )
    return complete(asked, how, f"{prefix}DTC")


def _recorded(rs: pd.DataFrame, start: pd.Series, how: str, notes: list[str]) -> pd.DataFrame:
    """Return the recorded RECIST 1.1 responses, with their date."""
    foreign = rs["RSCAT"].notna() & ~matches(rs["RSCAT"].str.upper(), "RECIST 1[.]1.*")
    unused = ~foreign & ~rs["RSTESTCD"].isin(list(KIND))
    for column, chosen in (("RSCAT", foreign), ("RSTESTCD", unused)):
        counts = rs.loc[chosen, column].fillna("missing").value_counts().sort_index()
        notes += [f"not used: {column} {t}, {n} rows" for t, n in counts.items()]
    rs = rs[~(foreign | unused)].reset_index(drop=True)
    rs["date"], told = _dates(rs, "RS", start, how)
    notes += told
    return rs


def _name_assessments(tr: pd.DataFrame, rs: pd.DataFrame, notes: list[str]) -> None:
    """Name the time point of each record: its visit, with the date where one visit name covers two time points.

    A visit at which one evaluator reads the same lesion on two dates is not one assessment of several days, but two
    under one name (as it happens with unscheduled visits).
    """
    read = tr[["patient", "VISIT", "lesion", "date"]].dropna().drop_duplicates()
    again = read[read.duplicated(["patient", "VISIT", "lesion"], keep=False)]
    split = again[["patient", "VISIT"]].drop_duplicates()
    names = pd.MultiIndex.from_frame(split)
    for rows in (tr, rs):
        dated = pd.MultiIndex.from_frame(rows[["patient", "VISIT"]]).isin(names) & rows["date"].notna()
        rows["assessment"] = rows["VISIT"].where(~dated, rows["VISIT"] + " (" + rows["date"] + ")")
    if len(split):
        shown = ", ".join(sorted(split["patient"] + " " + split["VISIT"]))
        notes.append(f"one visit name for two time points, told apart by date: {shown}")


def _scans(tr: pd.DataFrame, name: str) -> pd.DataFrame:
    one = tr.drop_duplicates(["scan", "date", "assessment", "method"])
    out = pd.DataFrame(
        {
            "scan_id": one["scan"],
            "patient_id": one["patient"],
            "scan_date": one["date"],
            "assessment": one["assessment"],
            "modality": one["method"],
        }
    )
    return finish(out, name, one["scan"])


def _lesions(tu: pd.DataFrame, tr: pd.DataFrame, name: str, notes: list[str]) -> pd.DataFrame:
    # A lesion of unknown site whose only diameter is the short axis is followed as a node.
    sized = tr[tr["TRTESTCD"].isin(SIZES) & tr["TRSTRESC"].notna()]
    by_short = set(sized.loc[sized["TRTESTCD"] == "LPERP", "lesion"]) - set(
        sized.loc[sized["TRTESTCD"] != "LPERP", "lesion"]
    )
    node = tu["node"] | (tu["TULOC"].isna() & tu["lesion"].isin(by_short))
    unplaced = tu["TULOC"].isna()
    if unplaced.any():
        notes.append(
            f"{int(unplaced.sum())} lesions have no TULOC: no site, no organ, and not taken for lymph nodes"
            " unless LPERP is all that is measured of them"
        )
    site = snake(tu["TULOC"])
    out = pd.DataFrame(
        {
            "lesion_id": tu["lesion"],
            "patient_id": tu["patient"],
            "evaluator": tu["evaluator"],
            "role": tu["role"],
            "site": site,
            "organ": site.mask(node, "lymph_node"),
            "nodal": pd.Series("false", index=tu.index, dtype=STRING).mask(node, "true"),
        }
    )
    if "PREVIR" in tu:
        out["prior_local_therapy"] = tu["PREVIR"]
    return finish(out, name, join(tu["patient"], tu["TUSEQ"]))


def _responses(rs: pd.DataFrame, name: str) -> pd.DataFrame:
    out = pd.DataFrame(
        {
            "response_id": join(rs["patient"], rs["RSSEQ"]),
            "patient_id": rs["patient"],
            "evaluator": rs["evaluator"],
            "response_date": rs["date"],
            "assessment": rs["assessment"],
            "kind": rs["RSTESTCD"],
            "response": rs["RSSTRESC"],
        }
    )
    return finish(out, name, join(rs["patient"], rs["RSSEQ"]))
