"""results.md: what it says, in which order, and what it makes of empty tables and hostile text."""

import copy
import re
from pathlib import Path

import pandas as pd
import pytest
import yaml

from mesenluth.effects.results import compartments_of, some_only
from mesenluth.endpoints.agreement import reader_agreement
from mesenluth.errors import TableError
from mesenluth.report import sentences
from mesenluth.report.cells import escape
from mesenluth.report.comparison import comparison_markdown
from mesenluth.report.markdown import CAPABILITY, results_markdown
from mesenluth.report.names import INPUTS
from mesenluth.report.readers import MEANINGS
from mesenluth.report.texts import text
from mesenluth.response.reasons import REASONS
from mesenluth.tables.io import conform, empty
from mesenluth.tables.results import RESULTS

CONFIG = yaml.safe_load((Path(__file__).parents[3] / "config.yaml").read_text(encoding="utf-8"))
ORR, PFS = "objective_response", "progression_free_survival"
DAY = pd.Timestamp("2020-01-15")
HOSTILE = "a|b <img src=x onerror=alert(1)> [x](javascript:y) *z*"


PICTURE = [
    {"category": "completeness", "table": "patients", "item": "ecog", "checked": 8, "failed": 2, "percent": 25.0},
    {"category": "completeness", "table": "patients", "item": "ecog", "centre": "C1", "checked": 4, "failed": 2,
     "percent": 50.0},
    {"category": "plausibility", "table": "patients", "item": "patients.grade_ki67_mismatch", "checked": 8, "failed": 1,
     "percent": 12.5},
]  # fmt: skip
CENTRE_FINDINGS = [
    {"finding_id": "f1", "rule": "registry.missing_values", "severity": "warning", "table": "patients",
     "column": "ecog", "centre": "C1", "n": 4, "percent": 50.0, "limit": 30.0, "message": "m"},
    {"finding_id": "f2", "rule": "registry.date_heaping", "severity": "warning", "table": "scans",
     "column": "scan_date", "n": 90, "percent": 31.0, "limit": 20.0, "message": "m"},
]  # fmt: skip
DRIFT = [
    {"table": "patients", "column": "grade", "kind": "new_code", "value": "G9", "before": 0, "now": 7, "flagged": True,
     "message": "m"},
    {"table": "patients", "column": "ecog", "kind": "completeness", "value": "", "before": 80.0, "now": 81.0,
     "flagged": False, "message": "m"},
]  # fmt: skip
GATE = [
    {
        "condition": "scans.quarantined_percent",
        "table": "scans",
        "observed": 2,
        "limit": 10,
        "passed": True,
        "message": "m",
    },
    {"condition": "severity.error.findings", "observed": 7, "limit": 10, "passed": True, "message": "m"},
]
RULE_EFFECTS = [
    {"rule": "scans.after_death", "table": "scans", "endpoint": endpoint, "compartment": compartment, "rows": 2,
     "patients": 2, "patients_lost": lost, "patients_gained": 0, "results_changed": 0, "patients_unknown": 0,
     "assessments_lost": 2 if compartment == "whole_patient" else 0}
    for endpoint, compartment, lost in (
        ("objective_response", "mesenteric", 1),
        ("progression_free_survival", "mesenteric", 0),
        ("progression_free_survival", "whole_patient", 0),
    )
]  # fmt: skip
CHANGES = [
    {"table": "patients", "record": f"dem:{i}", "change": change}
    for i, change in enumerate(("appeared", "appeared", "vanished"))
]


def study(lang="en"):
    settings = copy.deepcopy(CONFIG)
    settings["figures"]["language"] = lang
    settings["report"]["mode"] = "internal"  # a handful of patients would all be hidden
    return settings


def table(name, rows):
    contract = RESULTS[name]
    return conform(pd.DataFrame(rows, columns=contract.column_names), contract)


def estimate(endpoint, statistic, text, **over):
    return {
        "endpoint": endpoint, "population": "included", "compartment": "mesenteric", "evaluator": "investigator",
        "definition": "study", "statistic": statistic, "method": "exact", "unit": "x", "text": text, **over,
    }  # fmt: skip


def sensitivity():
    """Return the study (1 of 2) and four variants of it: of the primary endpoint, of another, of counts, of nothing."""
    keys = {
        1: ("response.cr_then_pr", "flag", "pd"), 2: ("survival.death", "censor", "event"),
        3: ("response.primary_confirmation", "confirmed", "unconfirmed"), 4: ("statistics.km_interval", "log", "log-log"),
        5: ("response.primary_confirmation and survival.death", "confirmed and censor", "unconfirmed and event"),
    }  # fmt: skip
    rows = []
    for position in range(6):
        key, value, own = keys.get(position, (None, None, None))
        confirmed, censored = position in (3, 5), position in (2, 5)
        about = {"position": position, "variant": "v", "key": key, "value": value, "study_value": own,
                 "compartment": "mesenteric", "evaluator": "investigator", "denominator": 2}  # fmt: skip
        responders = 0 if confirmed else 1
        rows.append({
            **about, "endpoint": ORR, "statistic": "proportion", "numerator": responders, "estimate": responders / 2,
            "text": f"{responders}/2 ({50 * responders}.0 %; 95 % CI 0.0-98.7)", "study_estimate": 0.5,
            "difference": responders / 2 - 0.5, "moved": confirmed,
        })  # fmt: skip
        rows.append({
            **about, "endpoint": PFS, "statistic": "median", "numerator": 0, "estimate": 40.0 if censored else None,
            "text": "40.0" if censored else "not reached", "moved": censored or position == 4,
        })  # fmt: skip
    return rows


def tables(**over):
    """Return small tables that hold one of everything."""
    cohort = [
        {"patient_id": "a", "centre": "C", "included": True},
        {"patient_id": "b", "centre": "C", "included": True},
        {"patient_id": "c", "centre": "C", "included": False, "excluded_by": "prrt", "excluded_because": "unknown"},
        {"patient_id": "d", "centre": "C", "included": False, "excluded_by": "prrt", "excluded_because": "not_met"},
    ]
    eligibility = [
        {"patient_id": p, "criterion": c["id"], "position": i, "status": "met" if p in "ab" or i == 1 else "unknown"}
        for p in "abcd"
        for i, c in enumerate(CONFIG["population"]["eligibility"], 1)
    ]
    estimates = [
        estimate(PFS, "median", "not reached", method="log-log", numerator=0, denominator=2),
        estimate(PFS, "landmark", "100.0 % (2 at risk)", method="log-log", time_months=12.0, n_at_risk=2),
        estimate(PFS, "median", "41.0", method="log-log", definition="fda", denominator=2),
        estimate(ORR, "proportion", "1/2 (50.0 %)", method="wilson", numerator=1, denominator=2),
        estimate(ORR, "proportion", "1/2 (50.0 %)", method="clopper-pearson", numerator=1, denominator=2),
        estimate(ORR, "proportion", "1/1 (100.0 %)", method="clopper-pearson", population="evaluable",
                 numerator=1, denominator=1),
        estimate(ORR, "proportion", "0/2 (0.0 %)", method="clopper-pearson", population="evaluable",
                 compartment="whole_patient", numerator=0, denominator=2),
        estimate(ORR, "test", "p = 0.9", method="exact binomial", test="exact binomial", p_value=0.9,
                 hypothesis="rate < 5 %", reason="no result of 2 patients could have shown it"),
        estimate(ORR, "paired_test", "p = 1", compartment="mesenteric vs non_mesenteric", test="McNemar",
                 hypothesis="they differ", reason="other"),
        estimate(ORR, "smallest_n", "59 patients with 0 responders"),
        estimate("population", "included", "2", compartment="whole_patient"),
    ]  # fmt: skip
    age = {"variable": "age", "n": 1, "missing": 1, "unit": "years"}
    sex = {"variable": "sex", "level": "F", "n": 2, "missing": 0}
    ages = {"median": 61, "lower_quartile": 58, "upper_quartile": 70.25, "minimum": 39, "maximum": 83}
    baseline = [
        {"position": 9, **sex, "statistic": "percent", "value": 50, "unit": "percent"},
        {"position": 8, **sex, "statistic": "count", "value": 1, "unit": "patients"},
        *({"position": i, **age, "statistic": k, "value": v} for i, (k, v) in enumerate(ages.items(), 1)),
        {"position": 10, "variable": "uptake", "compartment": "mesenteric", "statistic": "median", "n": 0, "missing": 2,
         "unit": "Krenning score", "reason": "not_recorded"},
    ]  # fmt: skip
    line = {"confidence": 0.95, "method": "log-log"}
    centres = [
        {"position": 1, "row": "centre", "centre": "C|1", "centres": 1, "patients": 1234, "scans": 93,
         "estimate": 57.25, "ci_low": 17.3, **line},
        {"position": 2, "row": "small_centres", "centres": 2, "reason": "small_cell", **line},
        {"position": 3, "row": "all_centres", "centres": 3, "patients": 9, "scans": 99, "reason": "not_reached",
         **line},
    ]  # fmt: skip
    comparison = [
        {"position": 1, "item": "Patients included", "published": "52", "computed": "2", "agrees": False,
         "definition": "criteria", "note": None},
        {"position": 2, "item": "Other", "published": "1/2 (50 %)", "computed": "1/2 (50 %)", "agrees": True,
         "definition": "RECIST 1.1", "note": "too few"},
    ]  # fmt: skip
    changes = [
        {"patient_id": patient, "endpoint": "progression_free_survival", "compartment": compartment,
         "evaluator": "investigator", "rule_set": rules, "origin_date": DAY, "study_end_date": DAY, "end_date": DAY,
         "study_time_days": 0, "time_days": 9, "study_status": "censored", "status": "event",
         "study_reason_code": "new_therapy", "reason_code": reason, "why": "both"}
        for patient, compartment, rules, reason in (
            ("a", "mesenteric", "ema", "death"), ("b", "mesenteric", "ema", "death"),
            ("b", "whole_patient", "fda", "progression"),
        )
    ]  # fmt: skip
    row_counts = [{"table": "patients", "read": 5, "after_cut": 0, "accepted": 4, "quarantined": 1}]
    rule_counts = [
        {"rule": "patients.ecog.range", "table": "patients", "severity": "warning", "checked": 5, "failed": 2,
         "description": "ECOG from 0 to 5"},
        {"rule": "scans.after_death", "table": "scans", "severity": "error", "checked": 9, "failed": 1,
         "description": "no scan after death"},
        {"rule": "scans.gap", "table": "scans", "severity": "warning", "checked": 9, "failed": 0, "description": "gap"},
    ]  # fmt: skip
    disagreements = [
        {"patient_id": "a", "evaluator": "investigator", "response_id": f"r{i}", "record_id": "x", "kind": kind,
         "agrees": agrees, "reason": reason, "sentence": "s"}
        for i, (kind, agrees, reason) in enumerate(
            [("overall", True, "agrees"), ("overall", False, "nadir_ignored"), ("overall", False, "nadir_ignored"),
             ("target", True, "agrees")]
        )
    ]  # fmt: skip
    for row, moved in zip(disagreements, ("SD SD", "SD PD", "SD PD", "PR PR"), strict=True):
        row["recorded"], row["derived"] = moved.split()
    days = pd.Timestamp("2020-03-01"), pd.Timestamp("2020-01-01")
    progressions = [
        {"patient_id": "a", "evaluator": "investigator", "recorded_date": days[0], "derived_date": days[1],
         "days_apart": 60, "verdict": "other_date", "reason": "nadir_ignored", "sentence": "s"},
        {"patient_id": "b", "evaluator": "investigator", "verdict": "none", "reason": "agrees", "sentence": "s"},
    ]  # fmt: skip
    pairs = [
        {"patient_id": p, "compartment": "whole_patient", "evaluator_a": "investigator", "evaluator_b": "central",
         "position": i, "matched_by": "assessment", "timepoint_a": i, "timepoint_b": i, "sum_a_mm": 50.0 + i,
         "sum_b_mm": 50.0, "difference_mm": float(i), "response_a": a, "response_b": b, "agrees": a == b,
         "counted_a": True, "counted_b": True, "reason": "agrees" if a == b else "threshold", "sentence": "s"}
        for p, i, a, b in [("a", 1, "SD", "SD"), ("a", 2, "PD", "SD"), ("b", 1, "PR", "PR"), ("b", 2, "NE", "SD")]
    ]  # fmt: skip
    best = [
        {"patient_id": p, "compartment": "whole_patient", "evaluator": e, "has_baseline": True, "targets": 1,
         "nontargets": 0, "timepoints": 2, "best_response": r, "confirmed_response": r, "rule": "r", "reason": "r"}
        for p, r in (("a", "SD"), ("b", "PR"))
        for e in ("investigator", "central")
    ]  # fmt: skip
    read = {"reader_pairs": table("reader_pairs", pairs), "best_responses": table("best_responses", best)}
    given = {
        "cohort": table("cohort", cohort),
        "eligibility": table("eligibility", eligibility),
        "estimates": table("estimates", estimates),
        "baseline_characteristics": table("baseline_characteristics", baseline),
        "follow_up_by_centre": table("follow_up_by_centre", centres),
        "published_comparison": table("published_comparison", comparison),
        "status_changes": table("status_changes", changes),
        "row_counts": table("row_counts", row_counts),
        "rule_counts": table("rule_counts", rule_counts),
        "response_disagreements": table("response_disagreements", disagreements),
        "sensitivity": table("sensitivity", sensitivity()),
        "picture": table("picture", PICTURE),
        "gate": table("gate", GATE),
        "rule_effects": table("rule_effects", RULE_EFFECTS),
        "centre_findings": table("centre_findings", CENTRE_FINDINGS),
        "drift": table("drift", DRIFT),
        "record_changes": table("record_changes", CHANGES),
        "progression_disagreements": table("progression_disagreements", progressions),
        "reader_pairs": read["reader_pairs"],
        "reader_agreement": reader_agreement(read, study()),
        **over,
    }
    assert set(given) == set(INPUTS)
    return given


def section(page, title):
    found = re.search(rf"^##+ {re.escape(title)}\n\n(.*?)(?=^##+ |\Z)", page, re.S | re.M)
    assert found, title
    return found.group(1)


def test_the_order_of_the_report():
    page = results_markdown(tables(), study())
    assert re.findall(r"^## (.*)$", page, re.M) == [
        "Published and computed",
        "Results in brief",
        "What the number of patients can show",
        "Patients",
        "What other definitions would change",
        "Table 1. Baseline characteristics",
        "Follow-up by centre",
        "Estimates",
        "What other censoring rules change",
        "Definitions in use",
        "Data quality",
        "What quarantine takes from the endpoints",
        "The registry's picture",
        "Recorded and computed responses",
        "Readers against each other",
    ]
    lines = page.split("\n")
    assert lines[0] == f"# {CONFIG['study']['title']['en']}"
    assert lines[2] == f"> **{CONFIG['study']['notice']['en']}**"


def test_french_is_french():
    page = results_markdown(tables(), study("fr"))
    assert page.startswith(f"# {CONFIG['study']['title']['fr']}\n")
    assert "## Publié et calculé" in page
    assert "Réponse objective" in page
    assert "| Patients inclus | 52 | 2 | ✗ non |" in page


def test_a_registry_is_not_called_synthetic():
    settings = study()
    settings["study"]["data"] = "registry"
    assert "ynthetic" not in results_markdown(tables(), settings)


def test_published_stands_beside_computed():
    found = section(results_markdown(tables(), study()), "Published and computed")
    assert "| Patients included | 52 | 2 | ✗ no | criteria |  |" in found
    assert "| Other | 1/2 (50 %) | 1/2 (50 %) | ✓ yes | RECIST 1.1 | too few |" in found
    assert "1 of 2 agree to the published digits." in found
    assert "doi 10.2967/jnumed.123.266063" in found


def test_what_so_many_patients_can_show_is_said():
    found = section(results_markdown(tables(), study()), "What the number of patients can show")
    assert "**Objective response, Mesenteric mass: no result of 2 patients could have shown it.**" in found
    assert "- Fewest patients that can show the hypothesis at all: 59 patients with 0 responders" in found
    assert "other" not in found  # the comparison of compartments is another test


def test_without_a_hypothesis_nothing_is_tested():
    settings = study()
    settings["primary"]["hypothesis"] = None
    assert "states no hypothesis" in results_markdown(tables(), settings)


def test_patients_are_counted_criterion_by_criterion():
    found = section(results_markdown(tables(), study()), "Patients")
    assert "Patients in the registry: 4. Included: 2. Excluded: 2." in found
    assert "| advanced small-intestinal NET | 0 | 0 | 4 | 4 / 0 / 0 |" in found
    assert "| at least one course of 177Lu-DOTATATE | 1 | 1 | 2 | 2 / 0 / 2 |" in found
    assert "Evaluable for Objective response: Mesenteric mass 1, Whole patient 2." in found


def test_patients_who_do_not_add_up_are_refused():
    given = tables()
    given["cohort"].loc[2, "excluded_by"] = None
    with pytest.raises(TableError, match="2 are included and 1 are excluded"):
        results_markdown(given, study())


def test_estimates_stand_in_the_order_of_the_study_with_method_and_denominator():
    page = results_markdown(tables(), study())
    rows = [line for line in section(page, "Estimates").split("\n") if line.startswith("| ")][2:]
    short = [[c.strip() for c in re.split(r"(?<!\\)\|", r)[1:-1]] for r in rows]
    assert [(r[0], r[3], r[5]) for r in short if r[2] == "included"] == [
        ("Objective response", "proportion", "clopper-pearson"),
        ("Objective response", "proportion", "wilson"),
        ("Objective response", "test of the hypothesis", "exact binomial; alternative: rate &lt; 5 %"),
        ("Objective response", "paired test", "McNemar; alternative: they differ"),
        ("Progression-free survival", "median, months", "log-log"),
        ("Progression-free survival", "free of the event at 12 months", "log-log"),
    ]
    assert short[0][4] == "1/2 (50.0 %)"
    assert short[0][6] == "1 of 2"
    assert [r[4] for r in short if r[3].startswith("median")] == ["not reached"]
    assert [r[1] for r in short if r[3] == "paired test"] == ["Mesenteric mass vs Other lesions"]
    assert [r[6] for r in short if "at 12" in r[3]] == ["at risk 2"]


def test_other_definitions_stand_apart():
    page = results_markdown(tables(), study())
    assert "41.0" not in section(page, "Estimates")
    assert "| investigator | fda | included | median, months | 41.0 |" in section(
        page, "Other definitions, readers and censoring rules"
    )


def test_table_one_counts_what_is_missing():
    page = results_markdown(tables(), study())
    found = section(page, "Table 1. Baseline characteristics")
    assert found.split("\n")[4:7] == [
        "| Age at day 0, from the year of birth, years |  | 61 (58 to 70); 39 to 83 | 1 | 1 (50.0 %) |",
        "| Sex | female | 1 (50.0 %) | 2 | 0 |",
        "| Highest tracer uptake at baseline, Mesenteric mass, Krenning score |  | not recorded | 0 | 2 (100.0 %) |",
    ]
    french = results_markdown(tables(), study("fr")).replace("\u00a0", " ")
    assert section(french, "Tableau 1. Caractéristiques initiales").split("\n")[4:7] == [
        "| Âge au jour 0, d'après l'année de naissance, ans |  | 61 (58 à 70) ; 39 à 83 | 1 | 1 (50,0 %) |",
        "| Sexe | femme | 1 (50,0 %) | 2 | 0 |",
        "| Fixation maximale du traceur à l'inclusion, Masse mésentérique, score de Krenning |  | non renseigné | 0"
        " | 2 (100,0 %) |",
    ]


def test_the_follow_up_by_centre_hides_small_cells():
    page = results_markdown(tables(), study())
    found = section(page, "Follow-up by centre")
    assert "95 % interval (log-log). Centres with fewer than 5 patients stand together" in found
    assert found.split("\n")[4:7] == [
        "| C\\|1 | 1,234 | 93 | 57.3 (17.3 to not reached) |",
        "| smaller centres together (2) | fewer than 5 | not shown | not shown |",
        "| all centres (3) | 9 | 99 | not reached |",
    ]


def test_findings_are_summed_by_severity_and_named_by_rule():
    found = section(results_markdown(tables(), study()), "Data quality")
    assert "| `patients` | 5 | 0 | 4 | 1 |" in found
    assert "| error | kept out | 1 | 1 | 9 | 1 |" in found
    assert "| warning | flagged, stays | 2 | 1 | 14 | 2 |" in found
    assert "| info | noted, stays | 0 | 0 | 0 | 0 |" in found
    assert found.index("`scans.after_death`") < found.index("`patients.ecog.range`")
    assert "scans.gap" not in found


def test_disagreements_are_counted_by_kind_and_reason():
    found = section(results_markdown(tables(), study()), "Recorded and computed responses")
    assert "2 of 4 agree." in found
    words = f"| overall | investigator | no | `nadir_ignored` | 2 | SD → PD 2 | {REASONS['nadir_ignored']} |"
    assert words in found
    assert "| overall | investigator | yes | `agrees` | 1 |  | Recorded and computed are the same. |" in found
    assert "| targets | investigator | yes | `agrees` | 1 |" in found
    found = section(results_markdown(tables(), study()), "First progression, recorded and computed")
    assert "| investigator | both, on different days | 1 | +60 | `nadir_ignored` |" in found
    assert "| investigator | neither | 1 |  |  |  |" in found


def test_readers_are_set_beside_each_other():
    found = section(results_markdown(tables(), study()), "investigator (A) and central (B)")
    # 3 pairs with ranks: SD-SD, PD-SD, PR-PR. Observed 2/3, by chance (1/3 x 2/3) + (1/3 x 1/3) = 1/3: kappa 1/2.
    line = next(r for r in found.splitlines() if "| Whole patient | at each time point |" in r)
    assert line.startswith("| Whole patient | at each time point | 3 (2) | 2 of 3 (66.7 %) | 0.50 (95 % CI ")
    assert "1 pair with NE or NED left out" in line
    assert "| Whole patient | best, unconfirmed | 2 (2) | 2 of 2 (100.0 %) | 1.00 |" in found
    assert "no pairs" in next(r for r in found.splitlines() if "| Mesenteric mass | at each time point |" in r)
    assert "| Whole patient | `threshold` | 2 |" in found
    french = results_markdown(tables(), study("fr")).replace("\u00a0", " ")
    assert "Lecteurs entre eux" in french
    assert "les sommes sont de part et d'autre d'un seuil" in french


def test_every_reason_has_words_in_both_languages():
    for kind in ("record", "clinical", "progression", "pair"):
        english, french = (MEANINGS[lang][kind] for lang in ("en", "fr"))
        assert list(english) == list(french)
        assert all(f.strip() and f != english[key] for key, f in french.items())


def test_what_other_censoring_rules_change_is_counted_by_why():
    found = section(results_markdown(tables(), study()), "What other censoring rules change")
    assert (
        "| Progression-free survival | Mesenteric mass | `ema` | censored: `new_therapy` | event: `death` | 2 |"
        in found
    )
    assert (
        "| Progression-free survival | Whole patient | `fda` | censored: `new_therapy` | event: `progression` | 1 |"
        in found
    )


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_empty_tables_are_said_in_words(lang):
    page = results_markdown({name: empty(RESULTS[name]) for name in INPUTS}, study(lang))
    words = {
        "en": [
            "The study names no published figure to compare with.",
            "the estimates hold no test of it",
            "Patients in the registry: 0. Included: 0. Excluded: 0.",
            "No estimate by the definitions of the study.",
            "No other definition, reader",
            "No other set of censoring rules changes a time or a status.",
            "No patient is included: there is nobody to describe.",
            "No row of the registry was counted.",
            "No rule was counted.",
            "No row in quarantine changes a result of the study.",
            "The registry holds no recorded response to compare with.",
            "No patient was read by two of the study's evaluators",
        ],
        "fr": [
            "L'étude ne nomme aucun résultat publié à comparer.",
            "Aucun autre jeu de règles de censure ne change un délai ou un statut.",
            "Aucun patient n'est inclus : personne à décrire.",
            "Aucune règle n'a été comptée.",
            "Le registre ne contient aucune réponse enregistrée à comparer.",
            "Aucun patient n'a été lu par deux lecteurs",
        ],
    }
    for sentence in words[lang]:
        assert sentence in page.replace("\u00a0", " ")


def test_rules_without_findings_are_said_to_have_none():
    given = tables()
    given["rule_counts"] = given["rule_counts"].assign(failed=0)
    assert "No rule has a finding." in results_markdown(given, study())


def test_text_from_the_registry_cannot_become_markup():
    given, settings = tables(), study()
    for name, column in (
        ("estimates", "reason"),
        ("estimates", "text"),
        ("baseline_characteristics", "level"),
        ("follow_up_by_centre", "centre"),
        ("published_comparison", "computed"),
        ("published_comparison", "definition"),
        ("rule_counts", "description"),
        ("response_disagreements", "reason"),
        ("response_disagreements", "kind"),
        ("response_disagreements", "recorded"),
        ("progression_disagreements", "evaluator"),
        ("reader_pairs", "reason"),
        ("reader_agreement", "text"),
        ("reader_agreement", "reason"),
    ):
        given[name][column] = HOSTILE
    settings["study"]["title"]["en"] = HOSTILE
    settings["compartments"][0]["label"]["en"] = HOSTILE
    settings["response"]["new_therapies"] = [HOSTILE]
    page = results_markdown(given, settings)
    plain = re.sub(r"`[^`\n]*`", "", page)
    assert "<" not in plain
    assert not re.search(r"(?<!\\)\[x", plain)
    widths = {}
    for block in page.split("\n\n"):
        lines = block.strip("\n").split("\n")
        if lines[0].startswith("|"):
            widths[block] = {len(re.split(r"(?<!\\)\|", line)) for line in lines}
    assert widths
    assert all(len(w) == 1 for w in widths.values())


def test_every_table_of_the_report_has_a_blank_line_around_it():
    page = results_markdown(tables(), study())
    for block in page.split("\n\n"):
        lines = block.strip("\n").split("\n")
        assert len({line.startswith("|") for line in lines}) == 1


def test_the_page_of_the_comparison_alone():
    page = comparison_markdown(tables()["published_comparison"], study())
    assert page.startswith("# Published and computed\n\nResponse of the mesenteric mass")
    assert CONFIG["study"]["notice"]["en"] in page
    assert "| Patients included | 52 | 2 | ✗ no | criteria |  |" in page
    assert page.endswith("\n")


def test_the_comparison_needs_no_settings_of_figures():
    settings = {k: v for k, v in study().items() if k != "figures"}
    assert "1 of 2 agree" in comparison_markdown(tables()["published_comparison"], settings)


def test_notes_are_a_column_only_where_there_are_some():
    given = tables()["published_comparison"].assign(note=None)
    page = comparison_markdown(conform(given, RESULTS["published_comparison"]), study())
    assert "| Item | Published | Computed | Agrees | Definition used |\n" in page


def test_the_report_is_a_function_of_its_tables():
    given = tables()
    shuffled = {name: frame.sample(frac=1, random_state=3) for name, frame in given.items()}
    assert results_markdown(given, study()) == results_markdown(shuffled, study())


def test_the_report_says_which_definitions_move_what():
    part = section(results_markdown(tables(), study()), "What other definitions would change")
    assert "Variants: 5; of these two definitions at once: 1." in part
    assert (
        "Primary endpoint, Objective response, Mesenteric mass: **1/2 (50.0 %; 95 % CI 0.0-98.7)** in the study."
        " Variants that move it: 2, to between 0/2 (0.0 %) and 0/2 (0.0 %)." in part
    )
    assert (
        "| Response must be confirmed | `response.primary_confirmation` | `confirmed` | `unconfirmed` |"
        " 0/2 (0.0 %; 95 % CI 0.0-98.7) | −50.0 points |" in part
    )
    assert "Progression-free survival, Mesenteric mass, median: not reached → 40.0 |" in part
    assert (
        "| Response must be confirmed + Death censors | Objective response, Mesenteric mass | 0/2 (0.0 %) |"
        " 1/2 (50.0 %) | 0/2 (0.0 %) |" in part
    )
    assert "only counts or limits: 1 (Interval of survival: log)." in part
    assert "nothing that is printed: 1 (Partial after complete response: noted only)." in part


def test_a_study_that_varies_nothing_says_so():
    page = results_markdown(tables(sensitivity=empty(RESULTS["sensitivity"])), study())
    assert section(page, "What other definitions would change").strip() == "The study varies no definition."
    alone = table("sensitivity", [r for r in sensitivity() if r["position"] == 0])
    page = results_markdown(tables(sensitivity=alone), study())
    assert section(page, "What other definitions would change").strip() == "The study varies no definition."


def test_the_definitions_that_move_something_are_named_in_french():
    part = section(results_markdown(tables(), study("fr")), "Ce que d'autres définitions changeraient")
    assert "| Réponse à confirmer |" in part
    assert "Variantes qui le modifient : 2" in part


def test_the_picture_of_the_registry_is_of_the_whole_and_names_centres_over_a_limit():
    part = section(results_markdown(tables(), study()), "The registry's picture")
    assert "| completeness: cells without a value | 1 | 8 | 2 | 25.00\u00a0% |" in part
    assert "| plausibility: rows that fail a range or a clinical rule | 1 | 8 | 1 | 12.50\u00a0% |" in part
    assert "| `patients.ecog` | 2 | 8 | 25.0\u00a0% |" in part
    assert "| whole registry | `scans.scan_date` | dates on the 1st or 15th of a month (7 % by chance) | 90 |" in part
    assert "| C1 | `patients.ecog` | values missing | 4 | 50\u00a0% | 30\u00a0% |" in part
    assert "2 records appeared, 0 changed and 1 vanished" in part
    assert "| `patients.grade` | new code `G9` | 0 | 7 |" in part
    assert "81" not in part


def test_the_gate_is_said_first_with_who_answers_for_what_does_not_hold():
    part = section(results_markdown(tables(), study()), "Data quality")
    assert part.startswith("The gate: all 2 conditions hold, so the cut may be analysed.\n")
    over = [GATE[0], {**GATE[1], "observed": 12.5, "passed": False}]
    warned = section(results_markdown(tables(gate=table("gate", over)), study()), "Data quality")
    assert "1 of 2 conditions do not hold.** The study file asks for a warning only" in warned
    assert "| `severity.error.findings` | 12.50 | 10 |" in warned
    over[1] |= {"released_by": "A. Martin *", "released_because": "centres | asked"}
    page = results_markdown(tables(gate=table("gate", over)), study())
    assert "A. Martin \\* answers for it: centres \\| asked" in section(page, "Data quality")
    french = results_markdown(tables(gate=table("gate", over)), study("fr"))
    assert "1 conditions sur 2 ne sont pas remplies.** A. Martin" in french.replace("\u00a0", " ")


def test_what_quarantine_takes_is_said_by_rule():
    part = section(results_markdown(tables(), study()), "What quarantine takes from the endpoints")
    said = "1 patient removed from: Objective response (Mesenteric mass); 2 assessments removed from Whole patient"
    assert f"| `scans.after_death` | 2 | 2 | {said} |" in part
    part = section(results_markdown(tables(), study("fr")), "Ce que la quarantaine retire aux critères")
    assert "1 patient retiré de : Réponse objective (Masse mésentérique)" in part.replace("\u00a0", " ")


def test_a_patient_lost_from_the_study_is_lost_from_every_endpoint_in_one_phrase():
    rows = [
        {**RULE_EFFECTS[0], "endpoint": e["id"], "compartment": c, "assessments_lost": None}
        for e in study()["endpoints"]
        for c in compartments_of(e, study())
        if not some_only(e)
    ]
    given = tables(rule_effects=table("rule_effects", rows))
    part = section(results_markdown(given, study()), "What quarantine takes from the endpoints")
    assert "| 1 patient removed from: every endpoint of all included patients |" in part


def test_without_an_earlier_cut_the_picture_says_so():
    nothing = {name: table(name, []) for name in ("picture", "centre_findings", "drift", "record_changes")}
    part = section(results_markdown(tables(**nothing), study("fr")), "Le portrait du registre")
    assert "Aucune extraction antérieure" in part
    assert "Aucune valeur demandée ne manque" in part


def growth_estimates(compartment):
    about = {"endpoint": "tumour_growth_rate", "compartment": compartment, "denominator": 9}
    rates = [
        estimate(statistic=s, method="median", text=f"{x} (quartiles 1.00 to 9.00) % a month", numerator=6, **about)
        for s, x in (("growth_before", "5.00"), ("growth_early", "-1.00"), ("growth_change", "-6.00"))
    ]
    tests = [
        estimate(statistic="growth_test", method=m, text="x", p_value=p, **about)
        for m, p in (("exact sign test", 0.03125), ("paired Wilcoxon test", None))
    ]
    low = estimate(statistic="growth_before", method="lower quartile", text="1.00", numerator=6, **about)
    return [low, *rates, *tests]


def test_growth_is_one_line_a_compartment():
    estimates = table("estimates", [*growth_estimates("mesenteric"), *growth_estimates("whole_patient")])
    page = results_markdown(tables(estimates=estimates), study())
    lines = [x for x in section(page, "Growth of the tumours").splitlines() if x.startswith("|")]
    assert lines[-2].startswith("| Mesenteric mass | 5.00 (quartiles 1.00 to 9.00) % a month; n = 6 | -1.00")
    assert lines[-2].endswith("| 0.031 |  |")
    assert lines[-1].lower().startswith("| whole patient |")
    # The line of the median says the quartiles.
    assert "lower quartile" not in page
    assert "Growth of the tumours" not in results_markdown(tables(), study())


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_estimates_are_printed_from_their_table_and_from_nothing_else(lang):
    """Each row of the table is one line, and nothing that is printed there is not in the table."""
    given = tables()
    shown = given["estimates"][
        (given["estimates"]["endpoint"] != "population") & ~given["estimates"]["statistic"].isin(CAPABILITY)
    ]
    titles = ("estimates.title", "estimates.others")
    page = results_markdown(given, study(lang))
    lines = [line for t in titles for line in section(page, text(lang, t)).split("\n") if line.startswith("|")]
    lines = [line for line in lines if not line.startswith("| ---")]
    assert len(lines) - len(titles) == len(shown)
    for words in shown["text"]:
        assert any(f"| {escape(sentences.sentence(lang, words))} |" in line for line in lines), words
    without = results_markdown({**given, "estimates": empty(RESULTS["estimates"])}, study(lang))
    for words in shown["text"]:
        assert escape(sentences.sentence(lang, words)) not in section(without, text(lang, "estimates.title"))
