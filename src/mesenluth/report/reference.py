"""Reference pages of the docs, written from what the program itself uses.

python -m mesenluth.report.reference definitions > docs/definitions.md
python -m mesenluth.report.reference quality > docs/quality.md
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from ..endpoints.censoring import REASONS as TIME_ENDS
from ..response.reasons import CLINICAL_REASONS, FACTS_FIRST, FACTS_LAST, PAIR_REASONS, PROGRESSION_REASONS, RECOMPUTED
from ..response.rules import BEST_RULES, CLINICAL_RULES, COMPLICATION_RULES, METABOLIC_RULES, TIMEPOINT_RULES
from .reference_quality import quality

SECTIONS = (
    "cut", "response", "growth", "density", "agreement", "metabolic", "clinical", "complications", "time", "survival",
    "statistics", "baseline",
    "quality", "exports",
)  # fmt: skip
LINE = re.compile(r"^(?P<indent> *)(?:- )?(?P<key>[a-z_]+):(?P<value>[^#]*)(?:# (?P<reason>.*))?$")

DEFINITIONS = """# Definitions and switches

Written from `config.yaml`, its schema and the rules of the program by
`python -m mesenluth.report.reference definitions`; do not edit it here.

Every definition that a publication may leave open is a key of the study file, with a default and a reason. "open" says
that the abstract of the MesenLuth study does not define it. What each of
them moves in the default study stands in [what each definition moves](moved.md).
"""

CODES: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    (
        "Why a time ends",
        "Column `reason_code` of `time_to_event`. Rule sets: FDA, Clinical Trial Endpoints for the Approval of Cancer"
        " Drugs and Biologics (2018), appendix C; EMA, appendix 1 to the guideline on anticancer medicines (2012);"
        " and the section `survival` of the study file.",
        TIME_ENDS,
    ),
    (
        "Why a recorded response differs from the computed one: what is plain to see",
        "Column `reason` of `response_disagreements`. Tried first, in this order.",
        FACTS_FIRST,
    ),
    (
        "Why a recorded response differs from the computed one: what was computed again",
        "The responses are computed again under each of these; the first under which they hold the recorded value is"
        " the reason, and `explanations` lists all that do. What a record needs two of is `other`.",
        RECOMPUTED,
    ),
    (
        "Why a recorded response differs from the computed one: what is left",
        "Said where none of the above holds. What is right is told by the rule of the computed response.",
        FACTS_LAST,
    ),
    (
        "Why a recorded clinical assessment differs from the symptoms",
        "Column `reason` of `response_disagreements`, kind `clinical`; the first that fits, in this order.",
        CLINICAL_REASONS,
    ),
    (
        "Why the first recorded and the first computed progression differ",
        "Column `reason` of `progression_disagreements`, beside the reasons above.",
        PROGRESSION_REASONS,
    ),
    ("Why two readers differ", "Column `reason` of `reader_pairs`, tried in this order.", PAIR_REASONS),
)

_RECIST = (
    "Column `rule` of `{table}`. Sections and tables are those of RECIST 1.1 (Eur J Cancer 2009;45:228-247); a"
    " convention is named with the switch it follows, where there is one."
)
TABLES = (
    ("the response at a time point", _RECIST.format(table="timepoint_responses"), "section", TIMEPOINT_RULES),
    ("the best response", _RECIST.format(table="best_responses"), "section", BEST_RULES),
    (
        "a metabolic response",
        "Column `rule` of `metabolic_responses`. EORTC 1999 and PERCIST 1.0 are criteria for FDG; on a"
        " somatostatin-receptor tracer they are used off label, which the column `label` and the estimates say. PERCIST"
        " asks for uptake at the level of the background too, which no registry holds: here a complete response is a"
        " fall by what a partial one asks for, to below the liver. A limit that is met exactly counts.",
        "source",
        METABOLIC_RULES,
    ),
    ("a clinical response", "Column `rule` of `clinical_responses`.", "source", CLINICAL_RULES),
    ("a complication", "Column `rule` of `complications`.", "source", COMPLICATION_RULES),
)
"""Title, what the reader must know, what the last column is, and the rules of each table of the page."""


def alternatives(rule: Mapping[str, Any]) -> str:
    """Return the values that the schema allows a switch, as text; empty where it allows any of a type."""
    return ", ".join(
        "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        for value in rule.get("enum", [])
    )


def commented(text: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield section, key, value and reason of each line of the study file that holds a value."""
    section = ""
    for line in text.splitlines():
        found = LINE.match(line)
        if not found:
            continue
        if not found["indent"]:
            section = found["key"]
        elif len(found["indent"]) in (2, 4):
            yield section, found["key"], found["value"].strip(), (found["reason"] or "").strip().replace(" | ", " or ")


def definitions(root: str | Path) -> str:
    """Return the page of definitions: switches of the default study, and the rules that decide responses."""
    config = (Path(root) / "config.yaml").read_text(encoding="utf-8")
    schema = yaml.safe_load((Path(root) / "schemas/study.schema.yaml").read_text(encoding="utf-8"))["properties"]
    blocks = [DEFINITIONS.strip()]
    rows = list(commented(config))
    own = [next(row for row in rows if row[1] == key) for key in ("measure_axis", "local_therapies")]
    schema["compartments"]["properties"] = schema["compartments"]["items"]["properties"]
    for section in ("compartments", *SECTIONS):
        chosen = own if section == "compartments" else [r for r in rows if r[0] == section]
        lines = [f"## {section}", "", "| key | default | alternatives | why |", "|---|---|---|---|"]
        for _, key, value, reason in chosen:
            other = alternatives(schema[section]["properties"].get(key, {}))
            lines.append(f"| `{section}.{key}` | {value or 'a list'} | {other} | {reason} |")
        blocks.append("\n".join(lines))
    for title, text, source, rules in TABLES:
        lines = [f"## Rules that decide {title}", "", text, "", f"| rule | meaning | {source} |", "|---|---|---|"]
        lines += [f"| `{r.id}` | {r.text} | {r.section} |" for r in rules]
        blocks.append("\n".join(lines))
    for title, about, reasons in CODES:
        lines = [f"## {title}", "", about, "", "| reason | meaning |", "|---|---|"]
        blocks.append("\n".join([*lines, *(f"| `{name}` | {meaning} |" for name, meaning in reasons.items())]))
    return "\n\n".join(blocks) + "\n"


PAGES: dict[str, Callable[[str | Path], str]] = {"definitions": definitions, "quality": quality}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in PAGES:
        sys.exit(__doc__)
    sys.stdout.write(PAGES[sys.argv[1]](Path.cwd()))
