"""REDCap's API: the project itself instead of an export of it, through PyCap.

The address stands in the study file, the token in the environment. What comes is what an export of raw data holds, and
it is read as that: by instrument, with the project's own data dictionary.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
from redcap.project import Project
from requests import RequestException

from ..errors import ConfigurationError, SourceError
from .credentials import TOKEN_ENV, credential
from .mapping import RegistryMapping
from .redcap import Instruments, check_options
from .redcap_dictionary import fields, forms
from .relation import LINE
from .text_file import Layout, TextFile

RECORDS = 1000
"""Records that are asked for at a time: a server has limits of time and memory for one answer."""

TIMEOUT = 300
TOKEN = 32
"""Characters of a REDCap token."""

HERE = ("localhost", "127.0.0.1", "::1")


def opened(source: Mapping[str, Any], root: Path, mapping: RegistryMapping | None = None) -> Instruments:
    """Return a project as relations, one an instrument.

    Parameters
    ----------
    source : mapping
        `url` (of the API, ending in ``/api/``) and `token_env` (environment variable that holds the token,
        ``REDCAP_API_TOKEN`` if not given).

    Raises
    ------
    SourceError
        If the server cannot be reached or refuses the token.
    ConfigurationError
        If address or token are missing or wrong, or an option of the mapping is.
    """
    options, missing = (mapping.redcap, mapping.missing) if mapping else ({}, ("",))
    check_options(options)
    url, shown = _address(source["url"]), f"REDCap project at {source['url']}"
    project = Project(url, _token(source.get("token_env") or TOKEN_ENV), timeout=TIMEOUT)
    try:
        dictionary = fields(_rows(project.export_metadata(format_type="csv"), shown), shown)
        first = dictionary[0].name
        known = _rows(project.export_records(format_type="csv", fields=[first]), shown)
        if first not in known:
            raise SourceError(f"{shown}: answers with {known.columns[0]!r}, not with records", f"the field {first}")
        ids = list(dict.fromkeys(known[first].dropna()))
        parts = [
            _rows(
                project.export_records(
                    format_type="csv",
                    records=ids[at : at + RECORDS],
                    forms=list(forms(dictionary)),  # of all forms, or their status would not come
                    event_name="unique",
                    export_data_access_groups=True,
                    decimal_character=".",
                ),
                shown,
            )
            for at in range(0, len(ids), RECORDS)
        ]
    except RequestException as error:
        raise SourceError(
            f"{shown}: {_words(error)}",
            "a server that answers and a token that may export",
            "check source.url, the token, and the user's rights: API export, full data set",
        ) from None
    # A portion in which nothing was repeated may lack the columns of repeats.
    records = pd.concat(parts, ignore_index=True) if parts else known
    return Instruments(records, dictionary, options, missing, shown, None)


def _address(url: str) -> str:
    parts = urlsplit(url)
    if not parts.path.endswith("/api/"):
        raise ConfigurationError(f"source.url: {url!r}", "the address of the API, ending in /api/")
    if parts.username or parts.password:
        raise ConfigurationError(
            f"source.url: {parts.hostname} with a user in it",
            "the address alone",
            "a study file never holds credentials",
        )
    if parts.scheme != "https" and parts.hostname not in HERE:
        raise ConfigurationError(f"source.url: {url!r}", "https: a token must not travel in the clear")
    return url


def _token(variable: str) -> str:
    token = credential(variable).strip()
    if len(token) != TOKEN:
        raise ConfigurationError(
            f"environment variable {variable}: " + ("not set" if not token else f"{len(token)} characters"),
            f"the project's API token of {TOKEN} characters",
            f"export {variable}=... (or {variable}_FILE) before registering; a study file never holds credentials",
        )
    return token


def _rows(text: Any, shown: str) -> pd.DataFrame:
    """Return an answer's rows as text. Their lines mean nothing to anybody."""
    return TextFile(None, shown, Layout(), content=str(text)).read().drop(columns=LINE)


def _words(error: RequestException) -> str:
    """Return what went wrong in words, without addresses of objects and the like."""
    text = " ".join(str(error).split())
    return text[:300] or type(error).__name__
