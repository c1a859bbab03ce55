"""What made an artifact, and what has changed since that would make it again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import ConfigurationError
from ..home import file as file_of
from ..home import name as name_of
from ..home import source
from .content import sha256
from .fingerprint import closure, code_hash
from .manifest_names import RESULTS, pins, sections
from .place import Place
from .tree import Node


def named(name: str, place: Place, out: str = "results") -> str:
    """Return the artifact a name means: its path, or an end of it that only one has; ConfigurationError otherwise."""
    artifacts = place.manifest["artifacts"]
    path = RESULTS + name.removeprefix(f"{out}/").removeprefix(RESULTS)
    if path in artifacts:
        return path
    found = [p for p in artifacts if p.endswith(f"/{name}") or Path(p).stem == name and p.endswith(".parquet")]
    if len(found) == 1:
        return found[0]
    some = ", ".join(found[:6] or sorted(artifacts)[:6])
    raise ConfigurationError(f"{name}: {'several artifacts are' if found else 'no artifact is'} called so", some)


def differences(before: Any, now: Any, where: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield what differs between two plain values: key by key, lists as a whole."""
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        for key in sorted({*before, *now}):
            yield from differences(before.get(key), now.get(key), f"{where}.{key}".lstrip("."))
    elif before != now or type(before) is not type(now):
        yield where, before, now


def shown(change: tuple[str, Any, Any]) -> str:
    """Return a changed parameter as one line."""
    where, before, now = change
    texts = [json.dumps(v, ensure_ascii=False) for v in (before, now)]
    return f"{where}: " + " -> ".join(t if len(t) < 60 else f"{t[:57]}..." for t in texts)


def pin_changes(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Return which pinned libraries differ."""
    names = sorted(n for n in {*before, *now} if before.get(n) != now.get(n))
    return [f"library {n}: {before.get(n, 'none')} -> {now.get(n, 'none')}" for n in names]


class Now:
    """The project as it is: why a job of a recorded run would run again.

    Parameters
    ----------
    place : Place
        The recorded run.
    study : mapping
        The resolved study file, now.
    root : path
        The project.
    """

    def __init__(self, place: Place, study: Mapping[str, Any], root: Path) -> None:
        from ..registry.cut import before, current

        self.manifest, self.study, self.root = place.manifest, study, root
        self.out = study["output"]
        self.cut, earlier = current(study, root), before(study, root)
        self.earlier = earlier[0] if earlier else None
        self._own: dict[str, list[str]] = {}
        self._codes: dict[str, str] = {}

    def own(self, name: str) -> list[str]:
        """Return the reasons that lie in a job itself: code, library, parameters, inputs, outputs."""
        if name not in self._own:
            job = self.manifest["jobs"][name]
            self._own[name] = [*self._code(job), *self._lock(job), *self._parameters(job), *self._files(job)]
        return self._own[name]

    def follows(self, name: str) -> dict[str, list[str]]:
        """Return the jobs before a job, at any distance, that would run again, each with its own reasons."""
        found: dict[str, list[str]] = {}
        seen, todo = {name}, [name]
        while todo:
            for path in self.manifest["jobs"][todo.pop()]["inputs"]:
                maker = self.manifest["artifacts"].get(path, {}).get("job")
                if maker and maker not in seen:
                    seen.add(maker)
                    todo.append(maker)
                    if self.own(maker):
                        found[maker] = self.own(maker)
        return found

    def rule_file(self, rule: str) -> list[Node]:
        """Return a note if the file was edited that holds a rule: Snakemake alone sees whether its command changed."""
        for path, digest in self.manifest["code"].items():
            file = file_of(self.root, path)
            if not path.startswith("rules/") or not file.is_file() or sha256(file) == digest:
                continue
            if f"\nrule {rule}:\n" in file.read_text(encoding="utf-8"):
                return [Node(f"note: {path} was edited; if the command of rule {rule} changed, it runs again")]
        return []

    def _code(self, job: Mapping[str, Any]) -> Iterator[str]:
        script = job["script"]
        if not file_of(self.root, script).is_file():
            yield f"program {script} is gone"
            return
        if self._codes.setdefault(script, code_hash(file_of(self.root, script), source(self.root))) == job["code"]:
            return
        recorded, known = set(self.manifest["scripts"][script]), self.manifest["code"]
        now = {name_of(self.root, f) for f in closure(file_of(self.root, script), source(self.root))}
        for path in sorted(recorded | now):
            if path not in now:
                yield f"module {path} is no longer imported"
            elif path not in recorded:
                yield f"module {path} is imported now"
            elif sha256(file_of(self.root, path)) != known.get(path):
                yield f"module {path} was edited"

    def _lock(self, job: Mapping[str, Any]) -> Iterator[str]:
        lock = file_of(self.root, self.manifest["environment"]["lock"])
        if sha256(lock)[:16] != job["environment"]:
            changed = pin_changes(self.manifest["environment"]["pinned"], pins(lock))
            yield from changed or [f"the lock {self.manifest['environment']['lock']} was edited"]

    def _parameters(self, job: Mapping[str, Any]) -> Iterator[str]:
        from ..study import SECTIONS, settings

        told = self.manifest["parameters"][job["parameters"]]
        if not isinstance(told, dict):
            return
        step = Path(job["script"]).stem
        step = step if step in SECTIONS else f"{step}s"
        if step in SECTIONS:
            for change in differences(sections(told, self.study), json.loads(settings(self.study, step))):
                yield f"parameter {shown(change)}"
        if "cut_date" in told and told["cut_date"] != self.study["cut"]["date"]:
            yield f"parameter cut.date: {told['cut_date']} -> {self.study['cut']['date']}"
        if "readings" in told:
            for change in differences(told["readings"], self.cut.readings, "readings"):
                yield f"the mapping's {shown(change)}"

    def _files(self, job: Mapping[str, Any]) -> Iterator[str]:
        stored = {p for p in job["inputs"] if "/store/" in p}
        cuts = [c for c in (self.cut, self.earlier) if c]
        now = {p for c in cuts for part in c.partitions for p in c.paths(part)}
        if job["rule"] == "extract":
            for path in sorted(stored - now):
                table = self.manifest["inputs"][path].get("table", path)
                yield f"input {table} is another one in the cut {self.cut.name}"
        for path in job["inputs"]:
            if not path.startswith(RESULTS) and path not in stored:
                file = self.root / path
                if not file.is_file() or sha256(file) != self.manifest["inputs"][path]["sha256"]:
                    yield f"input {path} was changed"
        for path in job["outputs"]:
            file = self.root / self.out / path.removeprefix(RESULTS)
            if not file.is_file():
                yield f"output {path} is missing"
            elif sha256(file) != self.manifest["artifacts"][path]["sha256"]:
                yield f"output {path} was changed by somebody else, or by a run without a manifest"


def why(name: str, place: Place, study: Mapping[str, Any], root: Path) -> Node:
    """Return what made an artifact, and why it would be made again now."""
    path = named(name, place, study["output"])
    record = place.manifest["artifacts"][path]
    job = place.manifest["jobs"][record["job"]]
    told = place.manifest["parameters"][job["parameters"]]
    node = Node(path, {k: record[k] for k in ("sha256", "bytes", "table", "rows", "logical") if k in record})
    made = Node(
        f"made by {record['job']}",
        {
            **{k: job[k] for k in ("rule", "script", "code", "environment", "inputs")},
            "parameters": sorted(told) if isinstance(told, dict) else None,
            "arguments": [f"{k}={v}" for k, v in job["arguments"].items()] or None,
            "package": place.manifest["package"],
            "cut": place.manifest["cut"]["name"],
        },
    )
    modules = place.manifest["scripts"][job["script"]]
    made.children.append(Node(f"{len(modules)} modules of the project", more={"modules": modules}))
    now = Now(place, study, root)
    own, before = now.own(record["job"]), now.follows(record["job"])
    again = Node("would be made again" if own or before else "is up to date: nothing it depends on has changed")
    again.children = [Node(reason) for reason in own]
    again.children += [Node(f"after {maker}", {}, [Node(r) for r in reasons]) for maker, reasons in before.items()]
    node.children = [made, again, *now.rule_file(job["rule"])]
    return node
