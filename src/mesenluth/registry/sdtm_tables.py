"""SDTM domains to the pipeline's tables: select, rename and pivot; all of it still text."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pandas as pd

from ..tables.io import STRING
from .pseudonyms import Pseudonymiser
from .sdtm_dates import complete, matches
from .sdtm_terms import (
    ABSENT,
    KIND,
    MEASURED,
    NOT_DONE,
    STATE_OF_KNOWN,
    STATE_OF_NEW,
    STATUS,
    length_unit,
)
from .source import row_hashes

SIZES = ("DIAMETER", "LDIAM", "LPERP")
STATE = "TUMSTATE"
NUMBER = r"\d+(?:[.]\d+)?"
ZERO = r"0+(?:[.]0+)?"


def canonical(
    domains: Mapping[str, pd.DataFrame],
    names: Mapping[str, str],
    pseudonyms: Pseudonymiser,
    partial_dates: str = "refuse",
    diameter: str = "recorded",
) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Map the domains to registry tables.

    Parameters
    ----------
    domains : mapping of str to DataFrame
        dm, tu, tr and rs: text (dtype `STRING`) of the variables in `sdtm.VARIABLES`.
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

    Returns
    -------
    tables : dict of str to DataFrame
        patients, administrations, scans, lesions, measurements, follow_up, responses: text columns of the contracts
        with source_table, source_key and row_sha256.
    notes : list of str
        What was left out, completed or imputed, with counts.
    """
    notes: list[str] = []
    dm, tu, tr, rs = (_prepared(domains[d], d, pseudonyms) for d in ("dm", "tu", "tr", "rs"))
    start = dm.drop_duplicates("patient").set_index("patient")["RFSTDTC"]
    tu = _identifications(tu, notes)
    tr = _results(tr, tu, start, partial_dates, notes)
    rs = _recorded(rs, start, partial_dates, notes)
    _name_assessments(tr, rs, notes)
    tables = {
        "patients": _patients(dm, names["dm"]),
        "administrations": _administrations(dm, names["dm"], notes),
        "scans": _scans(tr, names["tr"]),
        "lesions": _lesions(tu, tr, names["tu"], notes),
        "measurements": _measurements(tr, tu, names["tr"], diameter, notes),
        "follow_up": _follow_up(dm, names["dm"]),
        "responses": _responses(rs, names["rs"]),
    }
    return tables, notes


def _finish(frame: pd.DataFrame, table: str, key: pd.Series) -> pd.DataFrame:
    """Return the frame as plain text (str or None) with its provenance."""
    out = frame.astype(object).where(frame.notna(), None)
    return out.assign(source_table=table, source_key=key.fillna("").astype(object), row_sha256=row_hashes(frame))


def _snake(texts: pd.Series) -> pd.Series:
    """Return SDTM's upper-case terms as snake_case."""
    return texts.str.lower().str.replace(r"[^a-z0-9]+", "_", regex=True).str.strip("_")


def _join(*parts: pd.Series, sep: str = "/") -> pd.Series:
    """Return the parts joined; missing where the first or the last is missing, blank for a gap between."""
    joined = parts[0]
    for part in parts[1:-1]:
        joined = joined + sep + part.fillna("")
    return (joined + sep + parts[-1]) if len(parts) > 1 else joined


def _prepared(rows: pd.DataFrame, domain: str, pseudonyms: Pseudonymiser) -> pd.DataFrame:
    """Return a domain with the patient's pseudonym, and who evaluated; USUBJID is gone."""
    prefix = domain.upper()
    out = rows.drop(columns="USUBJID").assign(patient=pseudonyms(rows["USUBJID"], "patient").astype(STRING))
    if f"{prefix}EVAL" in rows:
        # EVALID tells readers of one role apart; an investigator has none.
        out["evaluator"] = _snake(rows[f"{prefix}EVALID"].where(rows[f"{prefix}EVALID"].notna(), rows[f"{prefix}EVAL"]))
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
    return _finish(out, name, dm["patient"])


def _administrations(dm: pd.DataFrame, name: str, notes: list[str]) -> pd.DataFrame:
    """One row a treated subject. RFSTDTC stands in for a data set without RFXSTDTC, not for a subject without it."""
    treated = "RFXSTDTC" if dm["RFXSTDTC"].notna().any() else "RFSTDTC"
    given = dm[dm[treated].notna()]
    if len(given) < len(dm):
        notes.append(f"{len(dm) - len(given)} of {len(dm)} subjects have no {treated}: never treated, no administration")
    out = pd.DataFrame(
        {
            "administration_id": given["patient"] + "/1",
            "patient_id": given["patient"],
            "cycle_number": "1",
            "administration_date": _day(given[treated]),
            "product": given["ACTARM"].where(given["ACTARM"].notna(), given["ARM"]),
        }
    )
    return _finish(out, name, given["patient"])


def _follow_up(dm: pd.DataFrame, name: str) -> pd.DataFrame:
    dead = dm["DTHDTC"].notna()
    news = dm[dead | dm["RFPENDTC"].notna()]
    dead = dead[news.index]
    out = pd.DataFrame(
        {
            "follow_up_id": news["patient"] + "/1",
            "patient_id": news["patient"],
            "follow_up_date": _day(news["DTHDTC"].where(dead, news["RFPENDTC"])),
            "vital_status": pd.Series("alive", index=news.index, dtype=STRING).mask(dead, "dead"),
        }
    )
    return _finish(out, name, news["patient"])


def _day(texts: pd.Series) -> pd.Series:
    """Return whole dates without their time of day; anything else as delivered."""
    timed = matches(texts, r"\d{4}-\d{2}-\d{2}T.*")
    return texts.where(~timed, texts.str.slice(0, 10))


def _identifications(tu: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    other = tu[tu["TUTESTCD"].notna() & (tu["TUTESTCD"] != "TUMIDENT")]
    notes += [f"not used: TUTESTCD {t}, {n} rows" for t, n in other["TUTESTCD"].value_counts().sort_index().items()]
    tu = tu.drop(index=other.index)
    return tu.assign(
        lesion=_join(tu["patient"], tu["evaluator"], tu["TULNKID"]),
        role=tu["TUSTRESC"].where(tu["TUSTRESC"].notna(), tu["TUORRES"]),
        node=matches(tu["TULOC"].str.upper(), ".*LYMPH NODE.*"),
    )


def _results(tr: pd.DataFrame, tu: pd.DataFrame, start: pd.Series, how: str, notes: list[str]) -> pd.DataFrame:
    """Return the records about single lesions, with their lesion, date and scan."""
    used = tr["TRTESTCD"].isin([*SIZES, STATE])
    other = tr.loc[~used, "TRTESTCD"].fillna("missing").value_counts().sort_index()
    notes += [f"not used: TRTESTCD {t}, {n} rows" for t, n in other.items()]
    tr = tr[used].reset_index(drop=True)
    tr["lesion"] = _join(tr["patient"], tr["evaluator"], tr["TRLNKID"])
    tr["date"], told = _dates(tr, "TR", start, how)
    notes += told
    known = tu.drop_duplicates("lesion").set_index("lesion")["TUMETHOD"]
    tr["method"] = tr["TRMETHOD"].where(tr["TRMETHOD"].notna(), tr["lesion"].map(known).astype(STRING))
    tr["visit"] = tr["VISITNUM"].where(tr["VISITNUM"].notna(), _snake(tr["VISIT"]))
    # The date as it was delivered names the scan, so that an imputed one is seen for what it is.
    delivered = _day(tr["TRDTC"])
    tr["scan"] = _join(tr["patient"], tr["visit"], delivered.fillna("undated"), _snake(tr["method"]).fillna("unknown"))
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
    return _finish(out, name, one["scan"])


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
            f"{int(unplaced.sum())} lesions have no TULOC: no site, no organ, and not taken for lymph nodes unless LPERP"
            " is all that is measured of them"
        )
    site = _snake(tu["TULOC"])
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
    return _finish(out, name, _join(tu["patient"], tu["TUSEQ"]))


def _measurements(
    tr: pd.DataFrame, tu: pd.DataFrame, name: str, diameter: str, notes: list[str]
) -> pd.DataFrame:
    """One row a lesion and scan: its sizes (LDIAM, LPERP, DIAMETER) and its state (TUMSTATE, or that it was not done)."""
    reading = ["patient", "lesion", "scan"]
    tr = tr.assign(value=tr["TRSTRESC"].where(tr["TRSTRESC"].notna(), tr["TRSTAT"]))
    same = tr.duplicated([*reading, "TRTESTCD", "value", "TRSTRESU"])
    if same.any():
        notes.append(f"TR: {int(same.sum())} records repeat another of the same lesion, scan and test; read once")
    tr = tr[~same]
    # Records that contradict each other become readings of their own: validation sees two, and says so.
    tr = tr.assign(copy=tr.groupby([*reading, "TRTESTCD"], dropna=False).cumcount())
    grain = [*reading, "copy"]
    tr = tr.assign(text=_lengths(tr, notes))
    words = tr[tr["text"].isna() & tr["value"].notna()]
    # A state says more than that a size was not taken.
    words = words.assign(last=words["value"] == NOT_DONE, rest=words["TRTESTCD"] != STATE)
    words = words.sort_values(["last", "rest"], kind="stable").drop_duplicates(grain)
    out = tr[grain].drop_duplicates(ignore_index=True)
    out = out.merge(words[[*grain, "value"]].rename(columns={"value": "state"}), how="left", on=grain)
    records = []
    for test in (*SIZES, STATE):
        one = tr.loc[tr["TRTESTCD"] == test, [*grain, "text", "TRSEQ"]]
        out = out.merge(one.rename(columns={"text": test, "TRSEQ": f"{test}_SEQ"}), how="left", on=grain)
        records.append(out[f"{test}_SEQ"])
    out["sequences"] = _listed(records)
    about = tu.drop_duplicates("lesion").set_index("lesion")
    out["status"], out["long"], out["short"] = _read(
        out, out["lesion"].isin(about.index[about["node"]]), out["lesion"].map(about["role"]).astype(STRING), diameter, notes
    )
    first = out["sequences"].str.split(",").str[0]
    table = pd.DataFrame(
        {
            "measurement_id": _join(out["patient"], first),
            "patient_id": out["patient"],
            "lesion_id": out["lesion"],
            "scan_id": out["scan"],
            "status": out["status"],
            "longest_diameter_um": out["long"],
            "short_axis_um": out["short"],
        }
    )
    return _finish(table, name, _join(out["patient"], out["sequences"]))


def _lengths(tr: pd.DataFrame, notes: list[str]) -> pd.Series:
    """Return the length of each record of a size, as text in the unit of all; None where there is no number.

    A number in another unit, or in none, keeps that as part of its text and so cannot be read as a length. Digits
    finer than a micrometre are rounded, half to even: no scan resolves them, they come from calculation.
    """
    number = tr["TRTESTCD"].isin(SIZES) & matches(tr["value"], NUMBER)
    unit = length_unit(tr["TRSTRESU"])
    decimals = 4 if unit == "cm" else 3
    text = tr["value"].where(number)
    fine = matches(text, rf"\d+[.]\d{{{decimals},}}[1-9]\d*")
    if fine.any():
        exact = text[fine].map(lambda t: str(Decimal(t).quantize(Decimal(1).scaleb(-decimals)))).astype(STRING)
        text = text.mask(fine, exact)
        notes.append(f"TR: {int(fine.sum())} lengths finer than a micrometre, rounded to it, half to even")
    odd = number & (tr["TRSTRESU"].fillna("").str.lower() != unit)
    return text.mask(odd, text + " " + tr["TRSTRESU"].fillna("(no unit)"))


def _listed(records: list[pd.Series]) -> pd.Series:
    """Return the sequence numbers of the records behind a row, separated by commas."""
    listed = pd.Series("", index=records[0].index, dtype=STRING)
    for record in records:
        listed = listed + ("," + record).fillna("")
    return listed.str.slice(1)


def _read(
    rows: pd.DataFrame, node: pd.Series, role: pd.Series, diameter: str, notes: list[str]
) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Return status, longest diameter and short axis of each reading, as text."""
    by_site = rows["LPERP"].where(node, rows["LDIAM"])
    ahead, then = (rows["DIAMETER"], by_site) if diameter == "recorded" else (by_site, rows["DIAMETER"])
    chosen = ahead.where(ahead.notna(), then)
    both = rows["DIAMETER"].notna() & by_site.notna()
    differ = both & (pd.to_numeric(rows["DIAMETER"], errors="coerce") != pd.to_numeric(by_site, errors="coerce"))
    if differ.any():
        notes.append(
            f"DIAMETER is not the axis that the lesion's site asks for in {int(differ.sum())} of {int(both.sum())} readings"
            f" (diameter: {diameter})"
        )
    long, short = rows["LDIAM"].where(node, chosen), chosen.where(node, rows["LPERP"])
    zero = {name: matches(values, ZERO) for name, values in (("long", long), ("short", short), ("chosen", chosen))}
    gone = zero["chosen"] | (chosen.isna() & (zero["long"] | zero["short"]))
    long, short = long.mask(zero["long"]), short.mask(zero["short"])
    sized = long.notna() | short.notna()
    state = rows["state"]
    fresh = role == "NEW"
    named = state.map(STATE_OF_NEW).astype(STRING).where(fresh, state.map(STATE_OF_KNOWN).astype(STRING))
    state = state.where(named.isna(), named)
    # A size beside "present" is a measurement; beside any other state both are kept, and validation judges them.
    status = state.mask(state.isna() & gone, ABSENT)
    status = status.mask((status.isna() | (state == "PRESENT")) & sized, MEASURED)
    unknown = status[status.notna() & ~status.isin(list(STATUS))].value_counts().sort_index()
    notes += [f"tumour state {text!r} is no known term, {n} readings" for text, n in unknown.items()]
    return status, long, short


def _responses(rs: pd.DataFrame, name: str) -> pd.DataFrame:
    out = pd.DataFrame(
        {
            "response_id": _join(rs["patient"], rs["RSSEQ"]),
            "patient_id": rs["patient"],
            "evaluator": rs["evaluator"],
            "response_date": rs["date"],
            "assessment": rs["assessment"],
            "kind": rs["RSTESTCD"],
            "response": rs["RSSTRESC"],
        }
    )
    return _finish(out, name, _join(rs["patient"], rs["RSSEQ"]))
