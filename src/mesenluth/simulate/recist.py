"""RECIST 1.1 for one drawn series, in tenths of a millimetre: what the drawn measurements are meant to say.

A generator that asked the pipeline for the answer could not find its faults: this is a second, small reading of
RECIST 1.1 (Eisenhauer et al., Eur J Cancer 2009;45:228-247, sections 4.3.1 to 4.4).
"""

from __future__ import annotations

from collections.abc import Sequence

from .targets import Settings


def is_pr(total: int, baseline: int, settings: Settings) -> bool:
    """Return whether a sum is a partial response: down by at least `pr_percent` (4.3.1)."""
    return 100 * (baseline - total) >= settings.pr_percent * baseline


def is_pd(total: int, nadir: int, settings: Settings) -> bool:
    """Return whether a sum is progression: up by `pd_percent` and by `pd_absolute` from the nadir (4.3.1)."""
    return 100 * (total - nadir) >= settings.pd_percent * nadir and total - nadir >= settings.pd_absolute


def _targets(values: Sequence[int | None], nodal: Sequence[bool], baseline: int, nadir: int, settings: Settings) -> str:
    read = [v for v in values if v is not None]
    complete = len(read) == len(values)
    if complete and all((v or 0) < settings.node_normal if n else v == 0 for v, n in zip(values, nodal, strict=True)):
        return "CR"
    if is_pd(sum(read), nadir, settings):
        return "PD"
    if not complete:
        return "NE"
    return "PR" if is_pr(sum(read), baseline, settings) else "SD"


def _nontargets(states: Sequence[str | None]) -> str:
    if "unequivocal_progression" in states:
        return "PD"
    if any(s in (None, "not_evaluable") for s in states):
        return "NE"
    return "CR" if all(s == "absent" for s in states) else "NON-CR/NON-PD"


def _overall(target: str | None, nontarget: str | None, new: bool) -> str:
    if new or "PD" in (target, nontarget):
        return "PD"
    if target is None:
        return nontarget or "NED"
    if target == "CR" and nontarget in ("NON-CR/NON-PD", "NE"):
        return "PR"
    return target


def series(
    targets: Sequence[Sequence[int | None]],
    nodal: Sequence[bool],
    nontargets: Sequence[Sequence[str | None]],
    new: Sequence[bool],
    settings: Settings,
) -> list[tuple[str, str | None, str | None]]:
    """Return overall, target and non-target response of each assessment after baseline.

    Parameters
    ----------
    targets : sequence, one an assessment (baseline first), of the counted diameter of each target
        0 absent, None not evaluable.
    nodal : sequence of bool, one a target
        Whether the short axis counts and a node may be normal.
    nontargets : sequence, one an assessment, of the state of each non-target
    new : sequence of bool, one an assessment
        Whether an unequivocal new lesion is seen.
    """
    baseline = sum(v or 0 for v in targets[0])
    nadir = baseline
    out = []
    for k in range(1, len(targets)):
        target = _targets(targets[k], nodal, baseline, nadir, settings) if nodal else None
        nontarget = _nontargets(nontargets[k]) if nontargets[k] else None
        out.append((_overall(target, nontarget, new[k]), target, nontarget))
        if nodal and None not in targets[k]:
            nadir = min(nadir, sum(v for v in targets[k] if v is not None))
    return out
