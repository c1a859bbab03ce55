"""The study file: config.yaml with a study laid over it, checked before anything runs."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from .errors import ConfigurationError
from .home import file as file_of
from .plain_yaml import parse
from .quality.catalogue import entries, resolve
from .quality.catalogue import load as load_rules
from .response.settings import local_therapies
from .sensitivity.variants import variants
from .tables.conditions import check
from .tables.grouping import check_subgroups
from .tables.registry import ADVERSE_EVENTS, LESIONS, MARKERS, REGISTRY, SYMPTOMS, THERAPIES
from .tables.views import QUERYABLE

DEFAULT = "config.yaml"
SCHEMA = "schemas/study.schema.yaml"
WHOLE_PATIENT = "whole_patient"

SECTIONS: dict[str, tuple[str, ...]] = {
    "validate": ("treatment", "compartments", "response", "quality", "cut"),
    "across": ("treatment", "compartments", "response", "quality", "cut"),
    "expectations": ("study", "cut", "quality"),
    "gate": ("quality", "cut"),
    "picture": ("quality", "statistics"),
    "queries": ("treatment", "compartments", "response", "quality", "cut"),
    "classify": (
        "treatment", "population", "compartments", "evaluators", "primary_evaluator", "response",
        "growth", "density", "agreement", "metabolic", "clinical", "complications", "time",
    ),
    "endpoints": (
        "study", "cut", "treatment", "population", "compartments", "evaluators", "primary_evaluator", "response",
        "growth", "density", "agreement", "metabolic", "clinical", "complications", "time", "survival", "endpoints",
        "primary", "subgroups", "statistics", "baseline", "published",
    ),
    "effects": (
        "cut", "treatment", "population", "compartments", "primary_evaluator", "response", "growth", "density",
        "metabolic", "clinical", "complications", "time", "survival", "endpoints",
    ),
    "sensitivity": (
        "study", "cut", "treatment", "population", "compartments", "evaluators", "primary_evaluator", "response",
        "growth", "density", "metabolic", "clinical", "complications", "time", "survival", "endpoints", "primary",
        "statistics", "sensitivity",
    ),
    "adam": (
        "study", "cut", "treatment", "compartments", "primary_evaluator", "response", "endpoints", "primary", "exports",
    ),
    "figures": (
        "study", "treatment", "population", "compartments", "primary_evaluator", "response", "growth", "agreement",
        "metabolic", "endpoints", "primary", "subgroups", "statistics", "quality", "time", "figures", "published",
    ),
    "report": (
        "study", "cut", "treatment", "population", "compartments", "evaluators", "primary_evaluator", "response",
        "growth", "density", "agreement", "metabolic", "clinical", "complications", "time", "survival", "endpoints",
        "primary", "subgroups", "statistics", "baseline", "quality", "figures", "published",
    ),
    "page": (
        "study", "cut", "treatment", "population", "compartments", "evaluators", "primary_evaluator", "response",
        "growth", "density", "agreement", "metabolic", "clinical", "complications", "time", "survival", "endpoints",
        "primary", "subgroups", "statistics", "baseline", "sensitivity", "quality", "figures", "published",
    ),
}  # fmt: skip
"""Step -> sections of the study file it depends on; a change elsewhere does not run it again."""
JUDGES = ("validate", "across", "expectations", "picture", "queries")
"""Steps that read the catalogue of rules."""


GATE_KEYS = (
    "gate", "max_quarantined_percent", "max_findings", "max_findings_percent", "max_centre_quarantined_percent",
    "max_centre_errors", "min_rows", "release",
)  # fmt: skip
"""Keys of section quality that the gate alone depends on."""


class UniqueKeyLoader(yaml.SafeLoader):
    """Safe YAML that refuses a key that stands twice: the second would silently win."""


def _unique_mapping(loader: UniqueKeyLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node)
        if key in seen:
            raise ConfigurationError(
                f"{key_node.start_mark.name}, line {key_node.start_mark.line + 1}: the key {key!r} stands twice",
                "each key once",
            )
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


UniqueKeyLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _unique_mapping)


def read_yaml(path: str | Path) -> dict[str, Any]:
    """Read one YAML mapping; ConfigurationError naming file and line if it is none."""
    path = Path(path)
    try:
        with open(path, encoding="utf-8") as stream:
            plain = parse(stream, UniqueKeyLoader)
    except FileNotFoundError:
        raise ConfigurationError(f"study file {path}: no such file", do="check the path") from None
    except IsADirectoryError:
        raise ConfigurationError(f"study file {path}: is a folder", "a YAML file") from None
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"study file {path}: not UTF-8 ({error})") from None
    except yaml.YAMLError as error:
        raise ConfigurationError(f"study file {path}: not readable as YAML: {error}") from None
    if not isinstance(plain, dict):
        raise ConfigurationError(f"study file {path}: holds no mapping", "keys and values")
    return plain


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return `base` with `over` laid over it: mappings are merged, lists and values replaced."""
    merged = dict(base)
    for key, value in over.items():
        both = isinstance(merged.get(key), Mapping) and isinstance(value, Mapping)
        merged[key] = merge(merged[key], value) if both else value
    return merged


def load(
    root: str | Path, overlay: str | Path | None = None, changes: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Read the default study, lay another over it if named, apply changes and check the whole.

    Parameters
    ----------
    root : path
        Folder of config.yaml and schemas/.
    overlay : path, optional
        Study file to lay over config.yaml.
    changes : mapping, optional
        Laid over both, such as ``{"cut": {"date": "2024-06-30"}}``.

    Raises
    ------
    ConfigurationError
        Naming the key, the value and what is allowed.
    """
    root = Path(root)
    plain = read_yaml(file_of(root, DEFAULT))
    if overlay is not None and Path(overlay).resolve() != file_of(root, DEFAULT).resolve():
        plain = merge(plain, read_yaml(overlay))
    plain = merge(plain, changes or {})
    validate(plain, file_of(root, SCHEMA), root)
    return plain


def validate(study: Mapping[str, Any], schema: str | Path, root: str | Path = ".") -> None:
    """Check a resolved study file: schema, conditions, cross references.

    Raises ConfigurationError naming the first key that is wrong.
    """
    rules = yaml.safe_load(Path(schema).read_text(encoding="utf-8"))
    _check_values(study, rules, rules, "")
    _check_references(study)
    _check_conditions(study)
    local_therapies(study["compartments"])
    _check_rules(study, root)
    _check_variants(study, rules)


def _check_rules(study: Mapping[str, Any], root: str | Path) -> None:
    """Check the file of further rules, if there is one, and that the study has each value that they ask for."""
    file = study["quality"]["rules"]
    if file is None:
        return
    further = entries(file_of(root, file))
    try:
        json.dumps(further)
    except TypeError as error:
        raise ConfigurationError(f"{file}: {error}", "dates in quotes: YAML reads them as dates otherwise") from None
    for rule in load_rules(further=further, name=file).clinical:
        resolve(rule, study)


def _check_values(part: Any, rule: Mapping[str, Any], rules: Mapping[str, Any], where: str) -> None:
    """Check a study, or one section of it by the section's own rule."""
    # Imported here: a job that is handed checked settings does not pay for it.
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    error = best_match(Draft202012Validator({**rule, "$defs": rules["$defs"]}).iter_errors(part))
    if error is not None:
        raise _from_schema(error, where)
    for place, value, own in _walk(part, rule, rules, where):
        if own.get("x-whole-micrometres") and Decimal(str(value)) * 1000 % 1:
            raise ConfigurationError(f"{place}: {value!r}", "mm with at most three decimals (whole micrometres)")


def _check_variants(study: Mapping[str, Any], rules: Mapping[str, Any]) -> None:
    """Check that every alternative that the sensitivity grid tries is a value the study itself could have."""
    for variant in variants(study):
        changed = variant.apply(study)
        try:
            for section in sorted({key.split(".")[0] for key, _ in variant.changes}):
                _check_values(changed[section], rules["properties"][section], rules, section)
            _check_references(changed)
            _check_conditions(changed)
        except ConfigurationError as error:
            raise ConfigurationError(
                f"sensitivity.vary: {variant.name} is no possible study ({error.what})", error.expected, error.do
            ) from None


def _shown(value: Any) -> str:
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _place(path: Iterable[str | int]) -> str:
    return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path).lstrip(".")


def _from_schema(error: Any, within: str = "") -> ConfigurationError:
    where = f"{within}.{_place(error.absolute_path)}".strip(".").replace(".[", "[") or "study file"
    rule, wanted = error.validator, error.validator_value
    if rule == "additionalProperties":
        known = list(error.schema.get("properties", {}))
        unknown = [k for k in error.instance if k not in known]
        prefix = "" if where == "study file" else f"{where}."
        return ConfigurationError(
            "unknown key " + ", ".join(f"{prefix}{k}" for k in unknown),
            f"one of {', '.join(known)}",
            "check the spelling against config.yaml",
        )
    if rule == "required":
        missing = [k for k in wanted if k not in error.instance]
        return ConfigurationError(f"{where}: {', '.join(missing)} is missing", "the key, as in config.yaml")
    expected = {
        "enum": lambda: "one of " + ", ".join(_shown(v) for v in wanted),
        "type": lambda: " or ".join([wanted] if isinstance(wanted, str) else wanted),
        "pattern": lambda: (
            "the way to a switch, such as response.timing" if "[*]" in wanted else f"text that matches {wanted}"
        ),
        "const": lambda: _shown(wanted),
        "minItems": lambda: f"at least {wanted} values",
        "maxItems": lambda: f"at most {wanted} values",
        "uniqueItems": lambda: "each value once",
    }.get(rule, lambda: error.message)()
    note = ""
    if isinstance(error.instance, datetime.date):
        note = "write the date in quotes: YAML reads it as a date otherwise"
    return ConfigurationError(f"{where}: {error.instance!r}", expected, note)


def _walk(value: Any, rule: Mapping[str, Any], root: Mapping[str, Any], where: str) -> Iterator[tuple[str, Any, Any]]:
    if "$ref" in rule:
        rule = root["$defs"][rule["$ref"].rsplit("/", 1)[1]]
    yield where, value if not isinstance(value, (dict, list)) else None, rule
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key in rule.get("properties", {}):
                yield from _walk(inner, rule["properties"][key], root, f"{where}.{key}".lstrip("."))
    elif isinstance(value, list) and "items" in rule:
        for i, inner in enumerate(value):
            yield from _walk(inner, rule["items"], root, f"{where}[{i}]")


def _check_references(study: Mapping[str, Any]) -> None:
    try:
        datetime.date.fromisoformat(study["cut"]["date"])
    except ValueError:
        raise ConfigurationError(f"cut.date: {study['cut']['date']!r}", "a date of the calendar") from None
    for section in ("compartments", "endpoints"):
        ids = [e["id"] for e in study[section]]
        twice = sorted({i for i in ids if ids.count(i) > 1})
        if twice:
            raise ConfigurationError(f"{section}: the id {twice[0]!r} stands twice", "each id once")
    criteria = [c["id"] for c in study["population"]["eligibility"]]
    if len(set(criteria)) < len(criteria):
        raise ConfigurationError("population.eligibility: an id stands twice", "each id once")
    compartments = [*(c["id"] for c in study["compartments"]), WHOLE_PATIENT]
    for i, endpoint in enumerate(study["endpoints"]):
        for name in endpoint.get("compartments", []):
            if name not in compartments:
                raise ConfigurationError(f"endpoints[{i}].compartments: {name!r}", f"one of {', '.join(compartments)}")
    primary = study["primary"]
    endpoints = [e["id"] for e in study["endpoints"]]
    if primary["endpoint"] not in endpoints:
        raise ConfigurationError(f"primary.endpoint: {primary['endpoint']!r}", f"one of {', '.join(endpoints)}")
    if primary["compartment"] not in compartments:
        raise ConfigurationError(
            f"primary.compartment: {primary['compartment']!r}", f"one of {', '.join(compartments)}"
        )
    known = [*endpoints, "population"]
    for i, item in enumerate((study["published"] or {}).get("items", [])):
        for key, allowed in (("endpoint", known), ("compartment", compartments)):
            if item["estimate"][key] not in allowed:
                raise ConfigurationError(
                    f"published.items[{i}].estimate.{key}: {item['estimate'][key]!r}",
                    f"one of {', '.join(allowed)}",
                    "name an estimate of this study, or set published: null",
                )
    vocabularies = (
        ("response.new_therapies", study["response"]["new_therapies"], THERAPIES.column("type").allowed),
        ("response.markers", study["response"]["markers"], MARKERS.column("marker").allowed),
        ("clinical.terms", study["clinical"]["terms"], SYMPTOMS.column("term").allowed),
        ("clinical.exclude_causes", study["clinical"]["exclude_causes"], SYMPTOMS.column("cause").allowed),
        ("complications.terms", study["complications"]["terms"], ADVERSE_EVENTS.column("term").allowed),
    )
    for where, values, words in vocabularies:
        for value in values:
            if words and value not in words:
                raise ConfigurationError(f"{where}: {value!r}", f"one of {', '.join(words)}")
    for key in ("max_quarantined_percent", "min_rows"):
        for table in study["quality"][key]:
            if table not in REGISTRY and table != "default":
                raise ConfigurationError(f"quality.{key}: no table {table!r}", f"one of {', '.join(REGISTRY)}")
    for key in ("timing_window_days", "marker_baseline_days", "marker_window_days"):
        low, high = study["response"][key]
        if low > high:
            raise ConfigurationError(f"response.{key}: [{low}, {high}]", "the earlier day first")
    for section in ("clinical", "growth"):
        low, high = study[section]["window_days"]
        if low > high:
            raise ConfigurationError(f"{section}.window_days: [{low}, {high}]", "the earlier day first")


def _check_conditions(study: Mapping[str, Any]) -> None:
    check(study["treatment"]["administrations"], REGISTRY["administrations"], "treatment.administrations")
    for i, criterion in enumerate(study["population"]["eligibility"]):
        where = f"population.eligibility[{i}]"
        if criterion["table"] not in QUERYABLE:
            raise ConfigurationError(f"{where}.table: {criterion['table']!r}", f"one of {', '.join(QUERYABLE)}")
        check(criterion["where"], QUERYABLE[criterion["table"]], f"{where}.where")
    check_subgroups(study["subgroups"])
    for i, compartment in enumerate(study["compartments"]):
        check(compartment["where"], LESIONS, f"compartments[{i}].where")


def settings(study: Mapping[str, Any], step: str, root: str | Path = ".") -> str:
    """Return the sections a step depends on, as one line of canonical JSON: the parameter of its rule.

    A file of further rules stands there by its content, so that a change of it is seen.
    """
    chosen = {section: study[section] for section in SECTIONS[step]}
    # What the gate allows decides nothing before it, and who answers for a cut nothing about the judgement.
    left_out = {
        "expectations": ("gate", "release"),
        **dict.fromkeys(("validate", "across", "picture", "queries", "figures"), GATE_KEYS),
    }
    if step in left_out:
        chosen["quality"] = {k: v for k, v in chosen["quality"].items() if k not in left_out[step]}
    if "cut" in chosen:
        # How the work is split is no part of what is computed.
        chosen["cut"] = {k: v for k, v in chosen["cut"].items() if k not in ("partition", "buckets")}
    if step in JUDGES and chosen["quality"]["rules"] is not None:
        chosen["quality"] = {**chosen["quality"], "rules": entries(file_of(root, chosen["quality"]["rules"]))}
    return json.dumps(chosen, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
