"""The study file, and the checklist of the definitions it leaves to be decided."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..errors import ConfigurationError
from ..report.reference import alternatives, commented
from .wanted import Wanted

WHOLE = "whole_patient"
SECTIONS_OF = {
    "growth": ["growth"], "density": ["density"], "metabolic": ["metabolic"], "clinical": ["clinical"],
    "complications": ["complications"], "time_to_event": ["time", "survival"],
}  # fmt: skip
"""Kind of endpoint -> sections of the study file that it alone asks for."""
MARKERS = ("response.require_marker_normalisation", "response.marker_scope")
"""Switches about markers, which few registries hold."""
EXAMPLES = {"liver": "liver", "lung": "lung", "mediastinum": "lymph_node", "bone": "bone"}
"""Sites of a drawn registry for the compartment `rest` -> organ."""
BASELINE = [
    "age", "sex", "ecog", "primary_site", "stage", "time_since_diagnosis", "prior_lines", "cycles", "largest_lesion",
    "baseline_sum", "lesions",
]  # fmt: skip
"""Table 1 of a new study."""
DRAWN_NOTICE = ("Drawn data: no patient stands behind them.", "Données tirées au sort : aucun patient réel.")
OPEN_NOTICE = ("Say here where the data come from.", "Dire ici d'où viennent les données.")
USUAL_PART = """\
        patients_percent: {present} # who have lesions there
        sites: {sites}
        lesions: [1, 3] # a patient; what exceeds two targets an organ is followed as non-target
        size_median_mm: 22
        response_percent: {response}
        complete_percent: 10 # of the responses
        progression_median_months: 14
        new_lesion_percent: 40 # of the progressions; the others are by the sum
        not_evaluable_percent: 1 # of the readings
        modality: CT
        body_region: thorax_abdomen_pelvis"""


def flow(value: Any) -> str:
    """Return a value as JSON on one line, which is YAML too."""
    return json.dumps(value, ensure_ascii=False)


def label(name: str) -> str:
    """Return an id as words."""
    return name.replace("_", " ").capitalize()


def study_file(wanted: Wanted, default: Mapping[str, Any]) -> str:
    """Return the text of a study file, laid over the default study, with what to decide said in its comments."""
    title = label(wanted.name)
    real = wanted.kind not in ("drawn", "sdtm")
    drawn = wanted.kind == "drawn"
    english, french = DRAWN_NOTICE if drawn else OPEN_NOTICE
    product = (wanted.product, wanted.product) if wanted.product else ("study treatment", "traitement de l'étude")
    lines = [
        f"# {title}: a study laid over config.yaml.",
        "# Only what differs stands here; every other definition is the default's.",
        f"# What is still to be decided: studies/{wanted.name}.checklist.md",
        f"# Run it: mesenluth run --study studies/{wanted.name}.yaml",
        "",
        "study:",
        f"  id: {wanted.name}",
        "  title: # of every page and figure; say what is asked, of whom, under which treatment",
        f"    en: {flow(title)}",
        f"    fr: {flow(title)}",
        f"  data: {'synthetic' if drawn else 'registry' if real else 'public'} # synthetic | public | registry",
        "  notice:",
        f"    en: {flow(english)}",
        f"    fr: {flow(french)}",
        "",
        *_source(wanted),
        "",
        "cut:",
        f'  date: "{wanted.cut}" # records dated later do not count',
        "",
        f"output: results/{wanted.name}",
        "",
        "treatment: # its first administration is day 0",
        f"  label: {{en: {flow(product[0])}, fr: {flow(product[1])}}}",
        f"  administrations: {_product(wanted)}",
        "",
        "population: # in the order in which the flow diagram counts exclusions",
        '  label: {en: "Patients in the registry", fr: "Patients du registre"}',
        "  eligibility:",
        "    - id: treated",
        '      label: {en: "treated", fr: "traités"}',
        "      table: administrations",
        f"      where: {_product(wanted)}",
        "      at_least: 1",
        "    - id: baseline",
        '      label: {en: "with a lesion read at baseline", fr: "avec une lésion lue à l\'inclusion"}',
        "      table: baseline_lesions",
        "      where: {column: status, known: true}",
        "",
        f"compartments: # parts of the disease; `{WHOLE}` always exists beside them",
    ]
    for name, condition in wanted.compartments.items():
        lines += [
            f"  - id: {name}",
            f"    label: {{en: {flow(label(name))}, fr: {flow(label(name))}}}",
            f"    where: {flow(condition)}",
            "    local_therapies: [] # therapies after which its lesions show no effect of the treatment any more",
            "    # longest | short | nodal_rule (RECIST 1.1, 4.2: nodes by short axis, all others by longest diameter)",
            "    measure_axis: nodal_rule",
        ]
    lines += ["", *_attributed(wanted, default), "endpoints:"]
    for endpoint in _chosen(wanted, default):
        lines.append(f"  - {flow(endpoint)}")
    first = next((e for e in wanted.endpoints if e in _of_kind(default, "response")), wanted.endpoints[0])
    own = next(e for e in _chosen(wanted, default) if e["id"] == first)
    part = next(iter(own.get("compartments", [WHOLE])), WHOLE)
    lines += [
        "",
        "primary:",
        f"  endpoint: {first}",
        f"  compartment: {part}",
        "  hypothesis: null # null | {alternative: less, rate_percent: 5, alpha: 0.05}: fixed before looking",
        "",
        "subgroups: []",
        "",
        "baseline: # Table 1",
        f"  variables: {flow(BASELINE)}",
        "",
        *_sensitivity(wanted, default),
        "",
        "published: null # published figures to compare with, as in config.yaml",
    ]
    return "\n".join(lines) + "\n"


def _source(wanted: Wanted) -> list[str]:
    kind, mapping = wanted.kind, f"studies/mappings/{wanted.name}.yaml"
    lines = ["source: # docs/sources.md", f"  kind: {kind}"]
    nulls = ["seed", "patients", "centres", "defects", "calibrated_at"]
    if kind == "drawn":
        lines += [
            f"  path: data/{wanted.name}.sqlite # written by the first run",
            "  mapping: studies/mappings/drawn.yaml",
        ]
        lines += ["  seed: 1", "  patients: 300", "  centres: 6"]
        nulls = ["defects", "calibrated_at"]
    elif kind == "redcap_api":
        lines += [f"  url: {flow(wanted.place)}", "  token_env: REDCAP_TOKEN", "  path: null", f"  mapping: {mapping}"]
    elif kind == "postgresql":
        lines += [f"  schema: {flow(wanted.place or 'public')}", "  path: null", f"  mapping: {mapping}"]
    elif kind == "sdtm":
        lines += [f"  path: {flow(wanted.place)}", "  mapping: null # the columns are those of the standard"]
    else:
        lines += [f"  path: {flow(wanted.place)}", f"  mapping: {mapping} # a draft: read it line by line"]
        lines += [f"  dictionary: {flow(wanted.dictionary)}"] if wanted.dictionary else []
    lines += [f"  {key}: null" for key in nulls]
    if kind in ("drawn", "sdtm"):
        lines.append(
            "  pseudonyms: {method: none, key_env: null, public_key: null} # nobody to protect, or public identifiers"
        )
    else:
        lines.append(
            "  pseudonyms: {public_key: null} # the key comes from the environment: export MESENLUTH_PSEUDONYM_KEY=..."
        )
    return lines + (_drawn(wanted) if kind == "drawn" else [])


def _drawn(wanted: Wanted) -> list[str]:
    lines = [
        "  drawn: # shares and medians of the whole that the patients are drawn from",
        f"    product: {flow(wanted.product or 'study treatment')}",
        "    primary_sites: {other: 100} # site -> percent",
        "    age_mean: 62",
        "    accrual_days: [120, 1500] # days before the cut between which the treatments began",
        "    cycles: 12",
        "    cycle_days: 28",
        "    assessment_days: 63",
        "    survival_median_months: 30",
        "    lost_percent: 4",
        "    next_therapy: chemotherapy",
        "    next_therapy_percent: 50 # of those with a progression",
        "    compartments:",
    ]
    taken = {s["site"] for c in wanted.compartments.values() if "not" not in c for s in _sites(c)}
    for i, (name, condition) in enumerate(wanted.compartments.items()):
        rest = [{"site": s, "organ": o, "percent": 25} for s, o in EXAMPLES.items() if s not in taken]
        nodes = wanted.compartments and any(c.get("column") == "nodal" for c in wanted.compartments.values())
        rest = [s for s in rest if not (nodes and s["organ"] == "lymph_node")]
        sites = rest if "not" in condition else _sites(condition)
        lines.append(f"      {name}:")
        lines.append(USUAL_PART.format(present=90 if i else 70, sites=flow(sites), response=35 if i else 45))
    return lines


def _sites(condition: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the sites that a drawn registry has for a condition."""
    column, values = condition["column"], condition.get("in", [condition.get("equals")])
    if column == "site":
        return [{"site": v, "organ": EXAMPLES.get(v, v), "percent": round(100 / len(values), 1)} for v in values]
    if column == "organ":
        sites = {organ: site for site, organ in EXAMPLES.items()}
        return [{"site": sites.get(v, v), "organ": v, "percent": round(100 / len(values), 1)} for v in values]
    if column == "nodal":
        node = {"site": "mediastinum", "organ": "lymph_node", "percent": 100}
        return [node if condition["is"] else {"site": "liver", "organ": "liver", "percent": 100}]
    raise ConfigurationError(
        f"a drawn registry has no {column}", "compartments by site, organ or nodal", "or name a source of your own"
    )


def _product(wanted: Wanted) -> str:
    if wanted.product or wanted.kind == "drawn":
        return f"{{column: product, in: [{flow(wanted.product or 'study treatment')}]}}"
    # By `all`, since the default's condition lies under it and would be merged with another of its kind.
    return "{all: [{column: product, known: true}]} # any; name the treatment: {column: product, in: [...]}"


def _of_kind(default: Mapping[str, Any], *kinds: str) -> list[str]:
    return [e["id"] for e in default["endpoints"] if e["kind"] in kinds]


def _chosen(wanted: Wanted, default: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the chosen endpoints of the default study, of this study's compartments."""
    found = []
    for endpoint in default["endpoints"]:
        if endpoint["id"] not in wanted.endpoints:
            continue
        if "compartments" in endpoint and endpoint["compartments"] != [WHOLE]:
            whole = [WHOLE] if WHOLE in endpoint["compartments"] else []
            endpoint = {**endpoint, "compartments": [*wanted.compartments, *whole]}
        found.append(endpoint)
    return found


def _attributed(wanted: Wanted, default: Mapping[str, Any]) -> list[str]:
    """Return the sections whose default is about the mesenteric mass, where they are used."""
    kinds = {e["kind"] for e in _chosen(wanted, default)}
    lines = []
    for section in ("clinical", "complications"):
        if section in kinds:
            lines += [
                f"{section}:",
                "  attributed: any # the default counts what is attributed to the mesenteric mass",
                "",
            ]
    return lines


def used(wanted: Wanted, default: Mapping[str, Any]) -> set[str]:
    """Return the sections of the study file that the chosen endpoints ask for."""
    kinds = {e["kind"] for e in _chosen(wanted, default)}
    return {"compartments", "response", "statistics"} | {s for k in kinds for s in SECTIONS_OF.get(k, [])}


def _sensitivity(wanted: Wanted, default: Mapping[str, Any]) -> list[str]:
    sections = used(wanted, default)
    out = [k for k in default["sensitivity"]["vary"] if k.split(".")[0] not in sections or k in MARKERS]
    pairs = [p for p in default["sensitivity"]["pairs"] if not set(p) & set(out)]
    lines = ["sensitivity: # an empty list leaves out what this study does not use"]
    lines += ["  vary:", *(f"    {key}: []" for key in out)] if out else []
    return [*lines, f"  pairs: {flow(pairs)}"]


def checklist(
    wanted: Wanted, default: Mapping[str, Any], text: str, schema: Mapping[str, Any], todo: Iterable[str]
) -> str:
    """Return the list of the definitions to decide.

    Parameters
    ----------
    text : str
        The default study file, whose comments give the reasons.
    schema : mapping
        Properties of the study file's schema.
    todo : iterable of str
        What else is left to do.
    """
    sections = used(wanted, default)
    vary = default["sensitivity"]["vary"]
    lines = [
        f"# Before {wanted.name} is run in earnest",
        "",
        "Each line is a decision. Tick it when the study file says what you want; the default stands behind the key.",
        "",
        "## To do",
        "",
        *(f"- [ ] {line}" for line in todo),
        "",
        "## Definitions",
        "",
        "Keys of the study file. Written there they replace the default; where they are left out, the default holds.",
        "",
    ]
    axes = ", ".join(schema["compartments"]["items"]["properties"]["measure_axis"]["enum"])
    lines += [
        f"- [ ] `{name}`: the condition that places a lesion there, and the axis by which it counts ({axes})"
        for name in wanted.compartments
    ]
    for section, key, value, reason in commented(text):
        name = f"{section}.{key}"
        varied = vary.get(name, [])
        if section == "compartments" or section not in sections or not (varied or "open" in reason):
            continue
        others = alternatives(schema[section]["properties"].get(key, {})) or ", ".join(flow(v) for v in varied)
        lines.append(
            f"- [ ] `{name}`: **{value or 'a list'}**{f' (of {others})' if others else ''}. {reason}".rstrip(" .")
        )
    return "\n".join(lines) + "\n"


def what_to_do(wanted: Wanted, checks: int) -> Sequence[str]:
    """Return what is left to do before a study runs, and before it is believed."""
    found = [f"title, notice and labels in `studies/{wanted.name}.yaml`, in English and French"]
    if wanted.kind not in ("drawn", "sdtm"):
        found.append(
            f"`studies/mappings/{wanted.name}.yaml`: {checks} places say CHECK;"
            f" `mesenluth map --study studies/{wanted.name}.yaml` says what is left"
        )
        found.append(
            "a secret key of at least 16 characters in the environment: `export MESENLUTH_PSEUDONYM_KEY=...`; keep it"
        )
    if wanted.kind == "redcap_api":
        found.append("the token of the API in the environment: `export REDCAP_TOKEN=...`")
    if wanted.kind == "drawn":
        found.append("`source.drawn`: shares, medians and sizes as you expect them; or a source of your own")
    return [
        *found,
        "who is eligible (`population.eligibility`), in the order in which exclusions are counted",
        "the primary endpoint and its hypothesis, before anybody looks",
        "which therapies end the counting (`response.new_therapies`)",
    ]
