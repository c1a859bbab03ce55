"""The catalogue of rules: those that follow from the table contracts, and the clinical ones of rules.yaml.

Every error in the catalogue is refused with the file, the rule and the key.
"""

from __future__ import annotations

import string
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ..errors import ConfigurationError
from ..plain_yaml import parse
from ..tables.conditions import check as check_condition
from ..tables.model import Column, Table
from ..tables.registry import REGISTRY
from ..tables.results import SEVERITY
from .checks import CHECKS

RULES = Path(__file__).with_name("rules.yaml")
TEXTS = ("id", "message", "why", "source")
KEYS = (
    "id",
    "table",
    "severity",
    "scope",
    "columns",
    "message",
    "message_fr",
    "why",
    "source",
    "example",
    "condition",
    "check",
    "parameters",
)
CONTRACT = "contract of the table"
FURTHER = "rules of the study"
SCOPES = ("centre", "registry")
OFF = "switched off by the study file"
"""What is said of a rule one of whose parameters is null in the study file."""
DETAILS = {
    "measurements": ("density_hu",),
    "follow_up": ("cause_of_death",),
    "adverse_events": ("category", "end_date"),
    "therapies": ("intent", "end_date"),
}
"""Optional columns beside which a row says something that endpoints need: losing the row for them would bias those."""


@dataclass(frozen=True)
class Rule:
    """One question put to every row of a table.

    Attributes
    ----------
    id, table, severity, columns, message, why, source
        As in rules.yaml.
    kind : str
        How it is judged: `readable`, `required`, `allowed`, `range`, `reference`, `unique` (contracts),
        `condition` or `check` (clinical).
    condition : mapping
        Rows for which it is true fail; empty unless of that kind.
    check : str
        Name of a check function; empty unless of that kind.
    parameters : mapping
        Its parameters; a value may be ``{"study": "section.key"}``.
    message_fr : str
        The message in French; empty where the catalogue has none, and for rules of contracts (`in_french`).
    scope : str
        `centre`: judged from the records of a patient, and of those that share a name with them, in one part of the
        cut; `registry`: compares patients over all parts, and is judged where the centres come together.
    example : str
        What a finding shows of a row that fails, as `findings.observed` writes it; may be empty.
    """

    id: str
    table: str
    severity: str
    columns: tuple[str, ...]
    message: str
    why: str
    source: str
    kind: str
    condition: Mapping[str, Any] = field(default_factory=dict)
    check: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    message_fr: str = ""
    scope: str = "centre"
    example: str = ""

    @property
    def keeps_out(self) -> bool:
        """Whether a row that fails is kept out of the analysis."""
        return self.severity == "error"


@dataclass(frozen=True)
class Catalogue:
    """All rules, in the order in which they are judged within their stage."""

    contract: tuple[Rule, ...]
    clinical: tuple[Rule, ...]

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Contract rules, then clinical rules."""
        return self.contract + self.clinical

    def __getitem__(self, rule: str) -> Rule:
        """Return the rule of that id; KeyError if there is none."""
        return {r.id: r for r in self.rules}[rule]

    def within(self) -> Catalogue:
        """Return the rules that each part of a cut is judged by."""
        return Catalogue(self.contract, tuple(r for r in self.clinical if r.scope == "centre"))

    def across(self) -> Catalogue:
        """Return the rules that compare patients of all parts."""
        return Catalogue((), tuple(r for r in self.clinical if r.scope == "registry"))

    @property
    def ids(self) -> list[str]:
        """Ids of all rules."""
        return [r.id for r in self.rules]


# ---- rules of the contracts ----------------------------------------------------------------------------------


def contract_rules(tables: Mapping[str, Table] = REGISTRY) -> tuple[Rule, ...]:
    """Return the rules that follow from the contracts of the tables.

    `record_id` has none: extraction makes it, and without it a row could not be named in a finding.
    """
    return tuple(rule for table in tables.values() for rule in _of_table(table))


def _of_table(table: Table) -> list[Rule]:
    rules = []
    for c in table.columns:
        if c.name == "record_id":
            continue
        # A doubtful value that the contract does not require of a patient costs the value, not the patient; nor does
        # a doubtful detail cost the death, the event or the therapy that it describes.
        spared = not c.required and (table.name == "patients" or c.name in DETAILS.get(table.name, ()))
        soft = "warning" if spared else "error"
        name, unit = shown(c)
        rules.append(
            _contract(table, c, "readable", soft, f"{name} cannot be read{_as(c)}",
                      "the cell is left empty: a guess would look like a value")
        )  # fmt: skip
        if c.required:
            rules.append(
                _contract(table, c, "required", "error", f"{name} is missing",
                          "the row means nothing without it")
            )  # fmt: skip
        if c.allowed:
            rules.append(
                _contract(table, c, "allowed", soft, f"{name} is none of {', '.join(c.allowed)}",
                          "nobody could say what it counts as")
            )  # fmt: skip
        if c.minimum is not None or c.maximum is not None:
            rules.append(
                _contract(table, c, "range", soft, f"{name} is {_outside(c)}{unit}",
                          "the value is impossible, or a slip of the pen")
            )  # fmt: skip
        if c.name in table.references:
            target = table.references[c.name].split(".")[0]
            rules.append(
                _contract(table, c, "reference", "error", f"{c.name} refers to no accepted row of {target}",
                          "a row whose patient, lesion or scan is unknown cannot be counted")
            )  # fmt: skip
    key = ", ".join(table.key)
    rules.append(
        Rule(f"{table.name}.key.unique", table.name, "error", table.key,
             f"several rows share the key {key}; of exact copies the first is kept",
             "which of them is right would be a guess", CONTRACT, "unique")
    )  # fmt: skip
    return rules


def _contract(table: Table, column: Column, kind: str, severity: str, message: str, why: str) -> Rule:
    rule = f"{table.name}.{column.name}.{kind}"
    return Rule(rule, table.name, severity, (column.name,), message, why, CONTRACT, kind)


def shown(column: Column) -> tuple[str, str]:
    """Return name and unit as people know them: millimetres for what is stored in micrometres."""
    unit = {"um": "mm", "percent": "%"}.get(column.unit, column.unit)
    name = column.name.removesuffix("_um") + "_mm" if column.unit == "um" else column.name
    return name, f" {unit}" if unit and unit != "year" else ""


def _as(column: Column) -> str:
    """Return what a text should have been, where the type says more than the codes of the mapping."""
    if column.decimals:
        return " as a length"
    kinds = {"int": "a whole number", "float": "a number", "bool": "yes or no", "date": "a date"}
    return f" as {kinds[column.type]}" if column.type in kinds else ""


def _outside(column: Column) -> str:
    low, high = (
        None if v is None else f"{v / 1000 if column.unit == 'um' else v:g}" for v in (column.minimum, column.maximum)
    )
    if high is None:
        return f"below {low}"
    return f"above {high}" if low is None else f"not between {low} and {high}"


# ---- rules.yaml ----------------------------------------------------------------------------------------------


# The loader in C is ten times as fast, and may be missing.
_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Safe):
    """Safe YAML that refuses a key that stands twice: the second would silently win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(k) for k, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise ConfigurationError(
                    f"{node.start_mark.name}: line {node.start_mark.line + 1}: the key {key!r} stands twice",
                    "each key once",
                )
        return super().construct_mapping(node, deep)


def entries(path: str | Path) -> list[Any]:
    """Read the entries of a file of rules, unchecked.

    Raises
    ------
    ConfigurationError
        If there is no such file, or it is no YAML with the one key `rules`.
    """
    path = Path(path)
    try:
        with open(path, encoding="utf-8") as stream:
            plain = parse(stream, _Loader)
    except (FileNotFoundError, IsADirectoryError):
        raise ConfigurationError(f"{path}: no such file", "the catalogue of rules") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: not readable as YAML: {error}") from None
    if not isinstance(plain, dict) or list(plain) != ["rules"] or not isinstance(plain["rules"], list):
        raise ConfigurationError(f"{path}: not a catalogue", "the one key `rules`, with a list of rules")
    return plain["rules"]


def load(path: str | Path = RULES, further: Sequence[Any] = (), name: str = FURTHER) -> Catalogue:
    """Read and check a catalogue of clinical rules, beside the rules of the contracts.

    Parameters
    ----------
    path : path
        File of rules.
    further : sequence, optional
        Entries of another file, to be judged after them.
    name : str
        What messages call that file.

    Raises
    ------
    ConfigurationError
        Naming the file, the rule and the key.
    """
    contract = contract_rules()
    taken = {r.id for r in contract}
    clinical = []
    for file, found in ((Path(path).name, entries(path)), (name, further)):
        for i, entry in enumerate(found):
            rule = _rule(entry, f"{file}: rules[{i}]", file)
            if rule.id in taken:
                raise ConfigurationError(
                    f"{file}: rule {rule.id}: id: there is a rule of this id already", "each id once"
                )
            taken.add(rule.id)
            clinical.append(rule)
    return Catalogue(contract, tuple(clinical))


def of_study(study: Mapping[str, Any]) -> Catalogue:
    """Return the catalogue of a study: that of the package, and the rules of its own file, if it names one.

    Parameters
    ----------
    study : mapping
        `quality.rules` of the study file: a path, or the entries of that file; None or missing: no further rules.
    """
    further = study["quality"].get("rules") or ()
    return load(further=entries(further), name=further) if isinstance(further, str) else load(further=further)


def _rule(entry: Any, place: str, file: str) -> Rule:
    """Check one entry of the catalogue and return it."""
    if not isinstance(entry, dict):
        raise ConfigurationError(f"{place}: {entry!r} is not a rule", "keys " + ", ".join(KEYS))
    where = f"{file}: rule {entry['id']}" if isinstance(entry.get("id"), str) else place
    for key in entry:
        if key not in KEYS:
            raise ConfigurationError(f"{where}: {key}: unknown key", f"one of {', '.join(KEYS)}")
    for key in TEXTS:
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            raise ConfigurationError(f"{where}: {key}: {entry.get(key)!r}", "text")
    if not isinstance(entry.get("table"), str) or entry["table"] not in REGISTRY:
        raise ConfigurationError(f"{where}: table: {entry.get('table')!r}", f"one of {', '.join(REGISTRY)}")
    table = REGISTRY[entry["table"]]
    if entry["id"].count(".") != 1 or entry["id"].split(".")[0] != table.name or not entry["id"].split(".")[1]:
        raise ConfigurationError(f"{where}: id: not <table>.<name>", f"{table.name}.<name>")
    if entry.get("severity") not in SEVERITY.allowed:
        raise ConfigurationError(
            f"{where}: severity: {entry.get('severity')!r}", f"one of {', '.join(SEVERITY.allowed)}"
        )
    if entry.get("scope", "centre") not in SCOPES:
        raise ConfigurationError(f"{where}: scope: {entry['scope']!r}", f"one of {', '.join(SCOPES)}")
    columns = entry.get("columns")
    if not isinstance(columns, list) or not columns:
        raise ConfigurationError(f"{where}: columns: {columns!r}", "a list of columns")
    for c in columns:
        _check_column(c, table, f"{where}: columns")
    if ("condition" in entry) == ("check" in entry):
        raise ConfigurationError(f"{where}: condition, check: both or neither is given", "one of the two")
    parameters = entry.get("parameters") or {}
    if "condition" in entry:
        if "parameters" in entry:
            raise ConfigurationError(f"{where}: parameters: a condition takes none", "`check` beside `parameters`")
        if not isinstance(entry["condition"], dict):
            raise ConfigurationError(f"{where}: condition: {entry['condition']!r}", "a condition")
        check_condition(entry["condition"], table, f"{where}: condition")
    else:
        _check_parameters(entry["check"], parameters, table, where)
    _check_scope(entry, where)
    french, example = entry.get("message_fr", ""), entry.get("example", "")
    for key, text in (("message_fr", french), ("example", example)):
        if not isinstance(text, str):
            raise ConfigurationError(f"{where}: {key}: {text!r}", "text")
    for _, name, _, _ in (*_parts(entry["message"], where), *_parts(french, where)):
        if name is not None and name not in parameters:
            raise ConfigurationError(
                f"{where}: message: {{{name}}} is no parameter of the rule",
                f"one of {', '.join(parameters)}" if parameters else "no braces",
            )
    return Rule(
        entry["id"], table.name, entry["severity"], tuple(columns), entry["message"].strip(), entry["why"].strip(),
        entry["source"].strip(), "condition" if "condition" in entry else "check",
        entry.get("condition", {}), entry.get("check", ""), parameters, french.strip(), entry.get("scope", "centre"),
        example,
    )  # fmt: skip


def _check_scope(entry: Mapping[str, Any], where: str) -> None:
    """Check that what compares patients over centres says so, and keeps nothing out that was judged before."""
    over = "check" in entry and CHECKS[entry["check"]].across
    if over != (entry.get("scope", "centre") == "registry"):
        given = entry.get("scope", "centre")
        raise ConfigurationError(
            f"{where}: scope: {given!r}",
            "registry: this check compares patients of all centres" if over else "centre: a row is judged by itself",
        )
    if over and entry["severity"] == "error":
        raise ConfigurationError(
            f"{where}: severity: 'error'",
            "warning or info: what keeps a row out is judged before the centres come together",
        )


def _parts(message: str, where: str) -> list[tuple[Any, Any, Any, Any]]:
    try:
        return list(string.Formatter().parse(message))
    except ValueError as error:
        raise ConfigurationError(f"{where}: message: {error}", "each { with its }") from None


def _check_column(name: Any, table: Table, where: str) -> None:
    if name not in table.column_names:
        raise ConfigurationError(
            f"{where}: table {table.name} has no column {name!r}", f"one of {', '.join(table.column_names)}"
        )


def _check_parameters(check: Any, parameters: Any, table: Table, where: str) -> None:
    """Check that the function exists and is given exactly its parameters, each of its kind."""
    if not isinstance(check, str) or check not in CHECKS:
        raise ConfigurationError(f"{where}: check: there is no {check!r}", f"one of {', '.join(CHECKS)}")
    tables, wanted = CHECKS[check].tables, CHECKS[check].parameters
    if tables and table.name not in tables:
        raise ConfigurationError(f"{where}: check: {check} does not judge {table.name}", " or ".join(tables))
    if not isinstance(parameters, dict) or set(parameters) != set(wanted):
        raise ConfigurationError(
            f"{where}: parameters: {parameters!r}", f"exactly {', '.join(wanted) or 'none'} for {check}"
        )
    for name, kind in wanted.items():
        value, here = parameters[name], f"{where}: parameters.{name}"
        if kind == "column":
            _check_column(value, table, here)
        elif isinstance(value, dict):
            if list(value) != ["study"] or not isinstance(value["study"], str):
                raise ConfigurationError(f"{here}: {value!r}", "{study: section.key}")
        elif kind == "number":
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise ConfigurationError(f"{here}: {value!r}", "a number")
        elif not isinstance(value, str):
            raise ConfigurationError(f"{here}: {value!r}", "text")


def resolve(rule: Rule, study: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rule's parameters with the values of the study file, and its table as `table`.

    Raises ConfigurationError if the study file lacks a value the rule asks for.
    """
    resolved: dict[str, Any] = {"table": rule.table}
    for name, value in rule.parameters.items():
        if isinstance(value, dict):
            path, value = value["study"], study
            for key in path.split("."):
                if not isinstance(value, Mapping) or key not in value:
                    raise ConfigurationError(f"study file: {path} is missing", f"a value for rule {rule.id}")
                value = value[key]
        resolved[name] = value
    return resolved
