"""`mesenluth new-study`: write a study file, a mapping draft and a checklist; never over a file that is there."""

from __future__ import annotations

import argparse
import datetime
import sys
from pathlib import Path
from typing import Any

from ..errors import ConfigurationError, MesenluthError


def new_study(arguments: argparse.Namespace) -> int:
    """Begin a study: a commented study file, a mapping draft, and a checklist of the definitions to decide."""
    from ..home import file as file_of
    from ..home import project_root
    from ..registry.connect import drafted
    from ..study import DEFAULT, SCHEMA, load, read_yaml
    from ..tables.io import atomic_write
    from . import study_file
    from .wanted import USUAL, Wanted, asked, checked, compartments

    root = project_root()
    text = file_of(root, DEFAULT).read_text(encoding="utf-8")
    default, schema = read_yaml(file_of(root, DEFAULT)), read_yaml(file_of(root, SCHEMA))["properties"]
    known = [e["id"] for e in default["endpoints"]]
    given: dict[str, Any] = {k: getattr(arguments, k) for k in ("name", "source", "at", "dictionary", "compartment",
                                                                "endpoint", "product", "cut")}  # fmt: skip
    today = datetime.date.today().isoformat()
    if sys.stdin.isatty() and not (given["name"] and given["compartment"]):
        given = asked({**given, "today": today}, known, input)
    if not given["name"] or not given["compartment"]:
        raise ConfigurationError(
            "new-study: no name, or no compartment",
            "mesenluth new-study NAME --compartment NAME=COLUMN:VALUE --compartment NAME=rest",
            "or call it on a terminal, where it asks",
        )
    kind = given["source"] or "drawn"
    wanted = checked(
        Wanted(
            given["name"], kind, _place(kind, given["at"] or "", root), _place(kind, given["dictionary"] or "", root),
            compartments(given["compartment"]), tuple(given["endpoint"] or USUAL), given["product"] or "",
            given["cut"] or today,
        ),
        known,
    )  # fmt: skip
    files = {f"studies/{wanted.name}.yaml": study_file.study_file(wanted, default)}
    checks, trouble = 0, ""
    if wanted.kind not in ("drawn", "sdtm"):
        place = {"postgresql": f"postgresql:{wanted.place}", "redcap_api": wanted.place}.get(kind, root / wanted.place)
        try:
            draft = drafted(str(place), root / wanted.dictionary if wanted.dictionary else None, root)
        except MesenluthError as error:
            draft, trouble = "", str(error)
        checks = draft.count("CHECK")
        if draft:
            files[f"studies/mappings/{wanted.name}.yaml"] = draft
    todo = [
        *([f"a mapping: none could be drafted ({trouble})"] if trouble else []),
        *study_file.what_to_do(wanted, checks),
    ]
    files[f"studies/{wanted.name}.checklist.md"] = study_file.checklist(wanted, default, text, schema, todo)
    for name in files:
        if (root / name).exists():
            raise ConfigurationError(
                f"{name}: there is such a file", "a new study", "remove it, or name the study otherwise"
            )
    for name, content in files.items():
        atomic_write(root / name, content.encode())
        print(f"wrote {name}")
    load(root, root / f"studies/{wanted.name}.yaml")
    print(f"study {wanted.name}: the study file is right. Left to do:")
    for line in todo:
        print(f"  - {line}")
    print(f"then: mesenluth run --study studies/{wanted.name}.yaml")
    return 0


def _place(wanted_kind: str, at: str, root: Path) -> str:
    """Return the place of a source as the study file names it: from the project's folder, where it lies within."""
    if wanted_kind in ("redcap_api", "postgresql") or not at:
        return at
    path = Path(at).resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def add(commands: Any) -> None:
    """Add the subcommand to the command line."""
    text = "begin a study of your own: a commented study file, a mapping draft, a checklist of what to decide"
    one = commands.add_parser(
        "new-study", help=text, description=f"{text.capitalize()}. Asks on a terminal for what is not given."
    )
    one.add_argument("name", nargs="?", help="short name of the study: small letters, digits and _")
    one.add_argument(
        "--source",
        metavar="KIND",
        help="kind of source (docs/sources.md); `drawn`, the default: a registry drawn from the study file",
    )
    one.add_argument("--at", metavar="PLACE", help="file, folder, schema or address of the source")
    one.add_argument("--dictionary", metavar="FILE", help="data dictionary of a REDCap export")
    one.add_argument(
        "--compartment",
        action="append",
        metavar="NAME=COLUMN:VALUE",
        help="a part of the disease: NAME=COLUMN:VALUE,VALUE by a column of table lesions, or NAME=rest; once for each",
    )
    one.add_argument(
        "--endpoint", action="append", metavar="ID", help="an endpoint of the default study; once for each"
    )
    one.add_argument("--product", metavar="NAME", help="the treatment, as the registry names it")
    one.add_argument("--cut", metavar="DATE", help="date of the data cut (default: today)")
    one.set_defaults(function=new_study)
