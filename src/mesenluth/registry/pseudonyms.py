"""Keyed pseudonyms: the same person gets the same name in every table, and nobody without the key can tell whose.

HMAC-SHA256 over study, domain and identifier: without the key a list of all possible hospital numbers is of no use
to an attacker, and two studies cannot be linked through their pseudonyms.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..errors import ConfigurationError
from .credentials import credential
from .source import UNREAD

SHORTEST_KEY = 16


@dataclass(frozen=True)
class Pseudonymiser:
    """Gives pseudonyms for one study.

    Attributes
    ----------
    key : bytes or None
        Secret key; None where the identifiers are public and kept.
    study : str
        Keeps the pseudonyms of two studies apart.
    """

    key: bytes | None
    study: str

    def __call__(self, identifiers: pd.Series, domain: str) -> pd.Series:
        """Return the pseudonym of each identifier; gaps stay gaps, and what the source could not give stays so."""
        if self.key is None:
            return identifiers
        known = [i for i in identifiers.dropna().unique() if not i.startswith(UNREAD)]
        names = {
            i: hmac.new(self.key, f"{self.study}\x1f{domain}\x1f{i}".encode(), hashlib.sha256).hexdigest()[:16]
            for i in known
        }
        return identifiers.map(lambda i: names.get(i, i), na_action="ignore")


def pseudonymiser(study: Mapping[str, Any]) -> Pseudonymiser:
    """Return the pseudonymiser the study file asks for.

    Raises
    ------
    ConfigurationError
        If the key is not in the environment or too short, or a public key is set for a registry that is not
        synthetic.
    """
    settings = study["source"]["pseudonyms"]
    name = study["study"]["id"]
    if settings["method"] == "none":
        if study["study"]["data"] == "registry":
            raise ConfigurationError(
                "source.pseudonyms.method: none, but study.data says this is a real registry",
                "hmac-sha256",
                "set source.pseudonyms.method to hmac-sha256 and give the key in the environment",
            )
        return Pseudonymiser(None, name)
    if study["source"]["kind"] == "synthetic" and settings.get("public_key"):
        return Pseudonymiser(settings["public_key"].encode(), name)
    variable = settings["key_env"]
    key = credential(variable)
    if len(key) < SHORTEST_KEY:
        raise ConfigurationError(
            f"environment variable {variable}: "
            + ("not set" if not key else f"the key has only {len(key)} characters"),
            f"a secret key of at least {SHORTEST_KEY} characters",
            f"export {variable}=... (or {variable}_FILE) before registering; keep the key, pseudonyms depend on it",
        )
    return Pseudonymiser(key.encode(), name)
