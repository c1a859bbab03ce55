"""Keys, tokens and passwords: from the environment, or from a file of their owner's alone; never from a study file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import ConfigurationError

TOKEN_ENV = "REDCAP_API_TOKEN"  # noqa: S105, the name of a variable
FILE = "_FILE"
"""Ending of the variable that names a file instead of holding the secret."""


def credential(variable: str) -> str:
    """Return the secret that an environment variable holds, or the first line of the file that `<variable>_FILE` names.

    Empty if neither is set. Raises ConfigurationError, which never tells the secret, if the file cannot be read or
    others than its owner may.
    """
    named = os.environ.get(variable + FILE)
    if variable in os.environ or not named:
        return os.environ.get(variable, "")
    path = Path(named)
    try:
        mode = path.stat().st_mode
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"{variable}{FILE}: {named} cannot be read ({type(error).__name__})", "a file that holds the secret"
        ) from None
    if mode & 0o077:
        raise ConfigurationError(
            f"{variable}{FILE}: others than its owner may use {named} (rights {mode & 0o777:03o})",
            "rights for its owner alone",
            f"chmod 600 {named}",
        )
    return lines[0].strip() if lines else ""


def variables(source: Mapping[str, Any]) -> set[str]:
    """Return the environment variables from which a source may take secrets: its jobs do not need them."""
    names = {source["pseudonyms"].get("key_env"), source.get("token_env") or TOKEN_ENV, "PGPASSWORD"}
    return {n for n in names if n}
