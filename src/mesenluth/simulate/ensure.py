"""Write the synthetic or drawn registry where it is missing or the study file asks for another one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..provenance.fingerprint import code_hash
from ..tables.io import atomic_write

SHAPED_BY = (
    "study", "source", "treatment", "population", "compartments", "response", "metabolic", "clinical",
    "complications", "time", "survival", "statistics", "quality", "published",
)  # fmt: skip
"""Sections of the study file on which the synthetic registry depends."""

DRAWN_BY = ("source", "compartments", "response", "cut")
"""Sections on which a drawn registry depends."""

KINDS = ("synthetic", "drawn")
"""Kinds of source that are written here."""


def ensure(study: Mapping[str, Any], root: str | Path) -> bool:
    """Write the synthetic registry of a study unless it is there, made by this code from these settings.

    Returns
    -------
    bool
        Whether it was written.
    """
    from . import drawn_registry, registry

    drawn = study["source"]["kind"] == "drawn"
    module = drawn_registry if drawn else registry
    path = Path(root) / study["source"]["path"]
    generator = Path(__file__).with_name(f"{module.__name__.rsplit('.', 1)[1]}.py")
    shape = {section: study[section] for section in (DRAWN_BY if drawn else SHAPED_BY)}
    stamp = {
        "settings": hashlib.sha256(json.dumps(shape, sort_keys=True).encode()).hexdigest(),
        "generator": code_hash(generator, generator.parents[2]),
    }
    beside = path.with_suffix(".stamp.json")
    if path.is_file() and beside.is_file() and json.loads(beside.read_text()) == stamp:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    module.generate(study, path)
    atomic_write(beside, (json.dumps(stamp, sort_keys=True) + "\n").encode())
    return True
