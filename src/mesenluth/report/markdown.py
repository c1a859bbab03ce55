"""The report of a study as one Markdown page: what was published, what was computed, and by which definitions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from ..figures.counts import steps_of
from ..figures.language import compartment_label, label, language, number
from ..figures.texts import text as figure_text
from .abstract import abstracts
from .baseline import baseline, centres
from .cells import asked, code, escape, table, without_questions
from .comparison import comparison_table
from .definitions import definitions_table
from .effects import effects_section
from .gate import contradictions, gate_words
from .growth import growth_table
from .headline import responses, times
from .hidden import below, of_few_people
from .paired import PAIRED_SURVIVAL, paired_survival
from .picture import picture_section
from .questions import of_estimate, question
from .readers import disagreements, readers
from .sensitivity import sensitivity_section
from .sentences import sentence
from .status_changes import status_changes
from .subgroups import heterogeneity, subgroups
from .texts import about_data, known, text

Tables = Mapping[str, pd.DataFrame]
Study = Mapping[str, Any]

CAPABILITY = (
    "smallest_p", "smallest_n", "smallest_n_for_this_result", "power", "n_for_power", "posterior",
)  # fmt: skip
STATISTICS = (
    "proportion", "test", "paired_difference", "paired_test", "events", "median", "landmark", "restricted_mean",
    "incidence_response", "incidence_progression", "incidence_death", "incidence_new_therapy",
    "incidence_other_compartment_progression", "follow_up", "changed", "changed_status", "growth_before",
    "growth_early", "growth_change", "growth_test",
)  # fmt: skip
QUARTILES = ("lower quartile", "upper quartile")
POPULATIONS = ("included", "responders", "symptomatic", "evaluable", "evaluable_in_both")
SEVERITIES = ("error", "warning", "info")
WHOLE_PATIENT = "whole_patient"
VERDICTS = ("met", "not_met", "unknown")


def compartment_words(compartment: str, study: Study, lang: str) -> str:
    """Return the label of a compartment, or of the two that are compared (``a vs b``)."""
    whole = figure_text(lang, "whole_patient")
    return " vs ".join(compartment_label(study, c, lang, whole) for c in compartment.split(" vs "))


def endpoint_words(endpoint: str, study: Study, lang: str) -> str:
    """Return the label of an endpoint of the study."""
    for e in study.get("endpoints") or []:
        if e["id"] == endpoint:
            return label(e.get("label"), lang, endpoint)
    return endpoint.replace("_", " ")


def names(study: Study, lang: str) -> dict[str, str]:
    """Return what the compartments of the study are called in the page, by their ids."""
    ids = [c["id"] for c in study.get("compartments") or []]
    return {c: compartment_words(c, study, lang) for c in [*ids, WHOLE_PATIENT]}


def _of_study(estimates: pd.DataFrame, study: Study) -> pd.Series:
    """Return which estimates are those of the study's own definitions, as the primary evaluator read."""
    return (estimates["definition"] == "study") & (estimates["evaluator"] == study["primary_evaluator"])


def what_n_can_show(tables: Tables, study: Study) -> str:
    """Return the test of the primary hypothesis in a sentence, and what so many patients could show at all."""
    lang, estimates = language(study), tables["estimates"]
    if not (study.get("primary") or {}).get("hypothesis"):
        return text(lang, "power.none")
    rows = estimates[_of_study(estimates, study) & (estimates["endpoint"] == study["primary"]["endpoint"])]
    tests = rows[(rows["statistic"] == "test") & rows["reason"].notna() & rows["hypothesis"].notna()]
    # Tests of compartments against each other have hypotheses too; the primary one is about one compartment.
    tests = tests[tests["compartment"] == study["primary"]["compartment"]]
    if tests.empty:
        return text(lang, "power.missing")
    where = compartment_words(study["primary"]["compartment"], study, lang)
    what = f"{endpoint_words(study['primary']['endpoint'], study, lang)}, {where}"
    called = names(study, lang)
    parts = [
        f"**{escape(text(lang, 'power.fact', what=what, text=sentence(lang, tests['reason'].iloc[0], called)))}.**"
    ]
    found = [(s, sentence(lang, t, called)) for s in CAPABILITY for t in rows.loc[rows["statistic"] == s, "text"]]
    facts = [f"- {escape(text(lang, 'power.fact', what=text(lang, f'power.{s}'), text=said))}" for s, said in found]
    return "\n\n".join(parts + (["\n".join(facts)] if facts else []))


def patients(tables: Tables, study: Study) -> str:
    """Return who is analysed: counts of each criterion in turn and on its own, and who can be evaluated."""
    lang, cohort, verdicts = language(study), tables["cohort"], tables["eligibility"]
    included = int(cohort["included"].sum())
    counts = {"n": len(cohort), "included": included, "excluded": len(cohort) - included}
    parts = [text(lang, "flow.screened", **{k: number(v, lang) for k, v in counts.items()})]
    steps = steps_of(cohort, study)
    if steps:
        alone = verdicts.groupby(["criterion", "status"], observed=True).size().to_dict()
        rows = [
            [
                escape(label(s.label, lang, s.criterion)),
                asked(number(s.not_met, lang), question("criterion", s.criterion, "not_met")),
                asked(number(s.unknown, lang), question("criterion", s.criterion, "unknown")),
                number(s.kept, lang),
                " / ".join(number(int(alone.get((s.criterion, v), 0)), lang) for v in VERDICTS),
            ]
            for s in steps
        ]
        headings = [text(lang, f"flow.{c}") for c in ("criterion", "not_met", "unknown", "kept", "alone")]
        parts += [table(headings, rows, right=(1, 2, 3, 4), note=text(lang, "note.flow")), text(lang, "flow.order")]
    else:
        parts.append(text(lang, "flow.no_criteria"))
    evaluable = _evaluable(tables["estimates"], study, lang)
    return "\n\n".join(parts + ([evaluable] if evaluable else []))


def _evaluable(estimates: pd.DataFrame, study: Study, lang: str) -> str:
    endpoint = str((study.get("primary") or {}).get("endpoint", ""))
    rows = estimates[
        _of_study(estimates, study)
        & (estimates["endpoint"] == endpoint)
        & (estimates["population"] == "evaluable")
        & (estimates["statistic"] == "proportion")
    ].drop_duplicates("compartment")
    rows = rows.sort_values("compartment", key=lambda c: c.map(_place_of_compartments(study)), kind="stable")
    found = [
        text(
            lang, "flow.evaluable.part", compartment=compartment_words(compartment, study, lang),
            n=number(int(n), lang),
        )
        for compartment, n in zip(rows["compartment"], rows["denominator"], strict=True)
    ]  # fmt: skip
    if not found:
        return ""
    return escape(text(lang, "flow.evaluable", endpoint=endpoint_words(endpoint, study, lang), parts=", ".join(found)))


def _place_of_compartments(study: Study) -> Callable[[str], int]:
    ids = [*(c["id"] for c in study.get("compartments") or []), WHOLE_PATIENT]
    return lambda c: ids.index(c) if c in ids else len(ids)


def _in_order(estimates: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Sort estimates as the study file lists endpoints and compartments, headline before detail."""
    places: dict[str, Sequence[str]] = {
        "endpoint": [e["id"] for e in study.get("endpoints") or []],
        "compartment": [*(c["id"] for c in study.get("compartments") or []), WHOLE_PATIENT],
        "statistic": STATISTICS,
        "population": POPULATIONS,
        "method": [(study.get("statistics") or {}).get("proportion_interval", "")],
    }
    ranked = {
        f"{column}_rank": [order.index(v) if v in order else len(order) for v in estimates[column]]
        for column, order in places.items()
    }
    columns = ["endpoint", "compartment", "evaluator", "definition", "statistic", "population", "time_months", "method"]
    keys = estimates[columns].assign(**ranked)
    by = [k for c in columns for k in ([f"{c}_rank", c] if c in places else [c])]
    return estimates.loc[keys.sort_values(by, kind="stable").index]


def _estimate_row(row: Mapping[Any, Any], study: Study, lang: str, every: bool) -> list[str]:
    statistic = known(lang, "statistic", str(row["statistic"]))
    if pd.notna(row["time_months"]):
        months = number(row["time_months"], lang, 0 if float(row["time_months"]).is_integer() else 1)
        statistic = text(lang, "estimates.at", statistic=statistic, months=months)
    called = names(study, lang)
    said = {c: sentence(lang, row[c], called) for c in ("text", "method", "test", "hypothesis", "reason")}
    method = said["test"] or said["method"]
    if said["test"] and said["hypothesis"]:
        method = text(lang, "estimates.test", test=said["test"], hypothesis=said["hypothesis"])
    counted = ""
    if row["few"]:
        said |= {"text": text(lang, "hidden.estimate", below=number(below(study), lang)), "reason": ""}
    elif pd.notna(row["n_at_risk"]):
        counted = text(lang, "estimates.at_risk", n=number(int(row["n_at_risk"]), lang))
    elif pd.notna(row["denominator"]):
        counted = number(int(row["denominator"]), lang)
        if pd.notna(row["numerator"]):
            numerator = number(int(row["numerator"]), lang)
            counted = text(lang, "estimates.of", numerator=numerator, denominator=counted)
    variant = [row["evaluator"], row["definition"]] if every else []
    population = known(lang, "population", str(row["population"]))
    cells = [
        endpoint_words(row["endpoint"], study, lang), compartment_words(row["compartment"], study, lang),
        *variant, population, statistic, said["text"], method, counted, said["reason"],
    ]  # fmt: skip
    shown = [escape(c) for c in cells]
    if not row["few"]:
        shown[-4] = asked(shown[-4], of_estimate(row))
    return shown


def estimates_table(estimates: pd.DataFrame, study: Study, every: bool = False) -> str:
    """Return estimates as a table; with reader and definition where `every` is true."""
    lang = language(study)
    variant = ["evaluator", "definition"] if every else []
    columns = ["endpoint", "compartment", *variant, "population", "statistic", "text", "method", "counted", "remark"]
    ordered = _in_order(estimates.assign(few=of_few_people(estimates, study)), study)
    rows = [_estimate_row(r, study, lang, every) for r in ordered.to_dict("records")]
    return table([text(lang, f"estimates.{c}") for c in columns], rows, note=text(lang, "note.estimates"))


def estimates_section(tables: Tables, study: Study) -> str:
    """Return the estimates by the study's definitions, then all others; without those of the sections before."""
    lang, estimates = language(study), tables["estimates"]
    elsewhere = (estimates["endpoint"] == "population") | estimates["statistic"].isin(CAPABILITY)
    primary = estimates["evaluator"] == study["primary_evaluator"]
    elsewhere |= (estimates["statistic"].isin(PAIRED_SURVIVAL) & primary) | estimates["subgroup"].notna()
    # The line of the median says them.
    elsewhere |= estimates["method"].isin(QUARTILES)
    estimates = estimates[~elsewhere]
    own = _of_study(estimates, study)
    parts = [text(lang, "estimates.intro", evaluator=escape(study["primary_evaluator"]))]
    parts.append(estimates_table(estimates[own], study) if own.any() else text(lang, "estimates.empty"))
    parts.append(f"### {text(lang, 'estimates.others')}")
    others = estimates[~own]
    parts.append(estimates_table(others, study, every=True) if len(others) else text(lang, "estimates.no_others"))
    return "\n\n".join(parts)


def quality(tables: Tables, study: Study) -> str:
    """Return what became of the registry's rows, and what the rules found, by severity and by rule."""
    lang, counts, rules = language(study), tables["row_counts"], tables["rule_counts"]
    parts = [gate_words(tables["gate"], study)]
    columns = ["read", "after_cut", "accepted", "quarantined"]
    if len(counts):
        rows = [
            [code(r["table"]), *(number(int(r[c]), lang) for c in columns)]
            for r in counts.sort_values("table", kind="stable").to_dict("records")
        ]
        rows.append([text(lang, "quality.all"), *(number(int(counts[c].sum()), lang) for c in columns)])
        headings = [text(lang, f"quality.{c}") for c in ("table", *columns)]
        parts += [text(lang, "quality.rows"), table(headings, rows, right=(1, 2, 3, 4), note=text(lang, "note.rows"))]
    else:
        parts.append(text(lang, "quality.no_rows"))
    parts += contradictions(tables["response_disagreements"], lang)
    if rules.empty:
        return "\n\n".join([*parts, text(lang, "quality.no_rules")])
    rows = []
    for severity in SEVERITIES:
        of = rules[rules["severity"] == severity]
        found = of[of["failed"] > 0]
        numbers = (of["rule"].nunique(), found["rule"].nunique(), of["checked"].sum(), of["failed"].sum())
        rows.append([severity, text(lang, f"quality.{severity}"), *(number(int(n), lang) for n in numbers)])
    headings = [text(lang, f"quality.{c}") for c in ("severity", "meaning", "rules", "failing", "checked", "failed")]
    parts.append(table(headings, rows, right=(2, 3, 4, 5), note=text(lang, "note.rules")))
    failing = rules[rules["failed"] > 0]
    failing = failing.assign(_rank=[SEVERITIES.index(s) for s in failing["severity"]]).sort_values(
        ["_rank", "failed", "rule", "table"], ascending=[True, False, True, True], kind="stable"
    )
    if failing.empty:
        return "\n\n".join([*parts, text(lang, "quality.clean")])
    rows = [
        [
            code(r["rule"]), code(r["table"]), r["severity"],
            asked(number(int(r["failed"]), lang), question("rule", r["rule"], r["table"])),
            number(int(r["checked"]), lang), escape(r["description"]),
        ]
        for r in failing.to_dict("records")
    ]  # fmt: skip
    headings = [text(lang, f"quality.{c}") for c in ("rule", "table", "severity", "failed", "checked", "description")]
    return "\n\n".join([*parts, table(headings, rows, right=(3, 4), note=text(lang, "note.rules"))])


class Section(NamedTuple):
    """A section of the report: its id, its title and its content as Markdown, with what each number asks."""

    id: str
    title: str
    content: str


def sections(tables: Tables, study: Study) -> list[Section]:
    """Return the sections of the report in their order; without those about which the study has nothing to say."""
    lang, estimates = language(study), tables["estimates"]
    contents = {
        "published": comparison_table(tables["published_comparison"], study),
        "abstract": abstracts(tables, study, lang),
        "power": what_n_can_show(tables, study),
        "flow": patients(tables, study),
        "responses": responses(estimates, study),
        "times": times(estimates, study),
        "paired": paired_survival(estimates, study),
        "subgroups": subgroups(estimates, study),
        "heterogeneity": heterogeneity(estimates, study),
        "growth": growth_table(estimates, study),
        "sensitivity": sensitivity_section(tables["sensitivity"], study),
        "baseline": baseline(tables, study),
        "centres": centres(tables, study),
        "estimates": estimates_section(tables, study),
        "changes": status_changes(tables, study),
        "definitions": f"{text(lang, 'definitions.intro')}\n\n{definitions_table(study)}",
        "quality": quality(tables, study),
        "effects": effects_section(tables, study),
        "picture": picture_section(tables, study),
        "disagreements": disagreements(tables, study),
        "readers": readers(tables, study),
    }
    return [Section(name, text(lang, f"{name}.title"), content) for name, content in contents.items() if content]


def head(study: Study) -> list[str]:
    """Return title, what must be said of the data, where something must, and the cut, as Markdown."""
    lang, notice = language(study), about_data(study)
    parts = [f"# {escape(label(study['study'].get('title'), lang, str(study['study'].get('id', ''))))}"]
    parts += [f"> **{escape(notice)}**"] if notice else []
    cut = text(lang, "cut", date=study["cut"]["date"], evaluator=study["primary_evaluator"])
    return [*parts, f"{escape(cut)} {text(lang, 'words')}"]


def results_markdown(tables: Tables, study: Study) -> str:
    """Return the report.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The tables of `names.INPUTS`; each may be empty, and is then spoken of in words.
    study : mapping
        The resolved study file.

    Returns
    -------
    str
        Markdown. Text from the registry and the study file is escaped.
    """
    body = [part for section in sections(tables, study) for part in (f"## {section.title}", section.content)]
    return without_questions("\n\n".join([*head(study), *body]) + "\n")
