"""A project of great_expectations as its users know it: suites, checkpoints and validation results as files.

    gx/great_expectations.yml
    gx/expectations/<suite>.json
    gx/validation_definitions/<suite>.json, gx/checkpoints/<suite>.json
    gx/uncommitted/validations/<suite>/<cut>/<date of the cut>/tables-<suite>.json

great_expectations names everything at random and stamps it with the time. Here names follow from the content and the
time is the date of the cut, so that the same data give the same bytes.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..tables.io import atomic_write
from .expectations import Examiner, Result

UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
NAMES = uuid.uuid5(uuid.NAMESPACE_URL, "https://greatexpectations.io")
"""Under which names that follow from the content are made."""
STORES = {
    "expectations_store": ("ExpectationsStore", "expectations/"),
    "validation_results_store": ("ValidationResultsStore", "uncommitted/validations/"),
    "checkpoint_store": ("CheckpointStore", "checkpoints/"),
    "validation_definition_store": ("ValidationDefinitionStore", "validation_definitions/"),
}
PROJECT = """# A project of great_expectations, written by the study's workflow.
#
#   import great_expectations as gx
#   context = gx.get_context(mode="file", context_root_dir="<this folder>")
#   context.suites.get("measurements")
#   context.checkpoints.get("measurements").run(batch_parameters={"dataframe": frame})
#
# No data docs site is set up: those of great_expectations load scripts and an image from the network.
"""


@contextmanager
def project(folder: str | Path, cut: str, date: str) -> Iterator[Project]:
    """Open a new project; when the block is left without an error it lies in `folder`, in place of what was there.

    Parameters
    ----------
    folder : path
        Where the project is to lie.
    cut, date : str
        Name and date of the cut.
    """
    folder = Path(folder)
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "gx"
        root.mkdir()
        (root / "great_expectations.yml").write_text(PROJECT + json.dumps(_settings(), indent=1))
        opened = Project(Examiner(root, cut, date))
        yield opened
        files = _tidied(root, opened.results)
    if folder.exists():
        shutil.rmtree(folder)
    for name, text in files.items():
        atomic_write(folder / name, text.encode())


class Project:
    """An open project: judges suites, and remembers what became of them.

    Attributes
    ----------
    results : list of Result
        Of all suites so far.
    """

    def __init__(self, examiner: Examiner) -> None:
        self.results: list[Result] = []
        self._examiner = examiner

    def __call__(self, suites: Iterable[Any]) -> list[Result]:
        """Judge suites."""
        found = self._examiner(suites)
        self.results += found
        return found


def _settings() -> dict[str, Any]:
    """Return the settings of a project without a site, that reports to nobody."""
    stores = {
        name: {
            "class_name": kind,
            "store_backend": {
                "class_name": "TupleFilesystemStoreBackend",
                "base_directory": place,
                "suppress_store_backend_id": True,
            },
        }
        for name, (kind, place) in STORES.items()
    }
    return {
        "config_version": 4.0,
        "stores": stores,
        **{f"{name}_name": name for name in STORES if name != "validation_definition_store"},
        "data_docs_sites": {},
        "analytics_enabled": False,
    }


def _tidied(root: Path, results: Iterable[Result]) -> dict[str, str]:
    """Return the files of a project without random names, times and places of this machine."""
    by_suite: dict[str, dict[str, Result]] = {}
    for r in results:
        by_suite.setdefault(r.suite, {})[r.expectation.id] = r
    names: dict[str, str] = {}

    def named(found: re.Match[str]) -> str:
        return names.setdefault(found[0], str(uuid.uuid5(NAMES, str(len(names)))))

    tidy = {}
    for path in sorted(p for p in root.rglob("*") if p.is_file()):
        name, text = path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")
        if "/validations/" in name:
            text = _validation(json.loads(text), by_suite)
        tidy[name] = UUID.sub(named, text)
    return tidy


def _validation(found: dict[str, Any], by_suite: Mapping[str, Mapping[str, Result]]) -> str:
    """Return a validation result in the order of its suite; what had nothing to look at has failed in it."""
    found["meta"]["batch_markers"]["ge_load_time"] = found["meta"]["validation_time"]
    said = {r["expectation_config"]["meta"]["rule_id"]: r for r in found["results"]}
    results = by_suite[found["suite_name"]]
    for name, result in results.items():
        said[name]["success"] = result.success
        if result.error:
            said[name]["meta"]["error"] = result.error
        said[name]["exception_info"] = {
            "raised_exception": bool(result.error) and not result.empty,
            "exception_message": result.error or None,
            # It would name places of this machine.
            "exception_traceback": None,
        }
    found["results"] = [said[name] for name in results]
    good = sum(r.success for r in results.values())
    found["success"] = good == len(results)
    found["statistics"] |= {
        "successful_expectations": good,
        "unsuccessful_expectations": len(results) - good,
        "success_percent": 100 * good / len(results),
    }
    return json.dumps(found, indent=2, sort_keys=True) + "\n"
