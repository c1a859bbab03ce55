"""Subcommands: manifest of a run, release, verification."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import IncompleteError, SourceError, VerificationError

Plan = Sequence[tuple[str, str, str]]
"""What `made.planned` returns."""


def record_run(
    study: Mapping[str, Any], root: Path, call: list[str], plan: Plan | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Write manifest.json and run.json of a complete run into its folder `provenance`, and return both.

    Parameters
    ----------
    study : mapping
        The resolved study file.
    root : path
        The project.
    call : list of str
        The Snakemake call for the study, without targets.
    plan : sequence, optional
        What is still to be done, where it is known; else it is asked for.

    Raises
    ------
    IncompleteError
        If not every artifact is made.
    VerificationError
        If an artifact is not what its footer says.
    """
    from ..tables.io import atomic_write
    from . import made
    from .circumstances import describe_run
    from .content import canonical, text_hash
    from .manifest import build
    from .manifest_names import FOLDER, MANIFEST, RUN
    from .release import previous_of

    out = study["output"]
    rows = made.planned(call, root) if plan is None else list(plan)
    waiting = [f"{path} ({status})" for path, _, status in rows if status]
    if waiting:
        raise IncompleteError(
            f"still to be made: {len(waiting)} of the artifacts, the first is {waiting[0]}",
            "a complete run",
            "`mesenluth run` without targets",
        )
    jobs = made.jobs(rows, root, out)
    _, link = previous_of(root, study["study"]["id"])
    manifest = build(study, root, jobs, link)
    text = canonical(manifest)
    run = describe_run(root, out, jobs, root / manifest["records"][0], text_hash(text))
    atomic_write(root / out / FOLDER / MANIFEST, text)
    atomic_write(root / out / FOLDER / RUN, canonical(run))
    return manifest, run


def release_run(study: Mapping[str, Any], root: Path, call: list[str], plan: Plan | None = None) -> Path:
    """Release a complete run, verify the release and say where it lies."""
    from .release import publish
    from .verify import verify

    manifest, run = record_run(study, root, call, plan)
    folder, new = publish(manifest, run, root, study["output"], lambda part: refuse(part, verify(part)))
    place = folder.relative_to(root)
    print(f"\n  {'released' if new else 'released before'}: {place}, verified: {len(manifest['artifacts'])} artifacts")
    if not manifest["gate"]["passed"]:
        print("  conditions of the data quality gate that do not hold:")
        for broken in manifest["gate"]["broken"]:
            by, because = broken["released_by"], broken["released_because"]
            answer = f"{by} answers for it: {because}" if by else "quality.gate: warn"
            print(f"    {broken['message']} ({answer})")
    return folder


def after_run(study: Mapping[str, Any], root: Path, call: list[str], publish: bool, plan: Plan | None = None) -> None:
    """Record a run that is complete, and release it if asked to; of one that has other targets there is no record."""
    try:
        if publish:
            release_run(study, root, call, plan)
        else:
            record_run(study, root, call, plan)
    except IncompleteError as error:
        print(f"\n  {'not released' if publish else 'no manifest'}: {error.what}")
    except SourceError as error:
        # Answers to queries may lie anywhere; only a release has to hold them.
        if publish:
            raise
        print(f"\n  no manifest: {error.what}")


def refuse(folder: Path, faults: list[Any]) -> None:
    """Raise VerificationError naming what is not as it was released, if anything is."""
    if faults:
        lines = "\n  ".join(str(f) for f in faults)
        raise VerificationError(
            f"{folder.name}: {len(faults)} things are not as they were released\n  {lines}",
            do="find out who changed it, and take the release from a copy",
        )


def release(arguments: argparse.Namespace) -> int:
    """Publish the last run: a read-only copy, chained to the release before it."""
    from ..cli import changes_of, study_of
    from ..home import project_root
    from ..workflow import command

    root = project_root()
    release_run(study_of(arguments, root), root, command(root, arguments.study, changes_of(arguments), []))
    return 0


def verify_command(arguments: argparse.Namespace) -> int:
    """Compute every hash of a release anew and follow every link."""
    from ..cli import id_and_output
    from ..home import project_root
    from .release import find, releases
    from .signature import check
    from .verify import verify

    root = project_root()
    study, _ = id_and_output(arguments, root)
    named = arguments.release
    folders = [find(root, study, name) for name in named] if named else releases(root, study)
    if not folders:
        raise VerificationError(f"study {study}: nothing is released", do="`mesenluth release`")
    found: dict[str, list[Any]] = {}
    for folder in folders:
        # A release that was copied alone is judged alone.
        alone = bool(named) and not any(p.name != folder.name for p in folder.parent.glob("[!.]*/manifest.json"))
        found[folder.name] = verify(folder, chain=not alone)
        signed = check(folder, arguments.allowed_signers) if arguments.allowed_signers else ""
        if not arguments.json:
            for fault in found[folder.name]:
                print(f"{folder.name}: {fault}")
            if not found[folder.name]:
                print(f"{folder.name}: intact{f', signed by {signed}' if signed else ''}")
    if arguments.json:
        print(json.dumps({r: [vars(f) for f in faults] for r, faults in found.items()}, indent=1))
    broken = sum(bool(f) for f in found.values())
    if broken:
        raise VerificationError(f"{broken} of {len(found)} releases are not as they were released")
    return 0


def sign_command(arguments: argparse.Namespace) -> int:
    """Sign a release with an SSH key."""
    from ..cli import id_and_output
    from ..home import project_root
    from .release import find
    from .signature import sign

    root = project_root()
    folder = find(root, id_and_output(arguments, root)[0], arguments.release)
    sign(folder, arguments.key)
    print(f"{folder.name}: signed")
    return 0


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the subcommands to the command line."""
    one = commands.add_parser("release", parents=[common], help="publish the last run", description=release.__doc__)
    one.set_defaults(function=release)
    text = "check that a release is what was released; exit status 6 if not"
    one = commands.add_parser("verify", parents=[common], help=text, description=verify_command.__doc__)
    one.add_argument("release", nargs="*", help="name or folder of a release (default: all of the study)")
    one.add_argument("--json", action="store_true", help="what was found, for programs")
    one.add_argument(
        "--allowed-signers", type=Path, metavar="FILE",
        help="ask for a signature by one of these keys (format of ssh-keygen)",
    )  # fmt: skip
    one.set_defaults(function=verify_command)
    one = commands.add_parser("sign", parents=[common], help="sign a release", description=sign_command.__doc__)
    one.add_argument("release", help="name or folder of a release")
    one.add_argument("--key", type=Path, required=True, help="private SSH key, or a public key whose agent has it")
    one.set_defaults(function=sign_command)
