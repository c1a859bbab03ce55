"""Every rule of the catalogue: a row that fails it, and rows beside the limit that do not.

The right verdicts follow from the catalogue's own words (rules.yaml) and from the table contracts.
"""

import copy
from functools import cache

import pandas as pd
import pytest

from mesenluth.quality.catalogue import load
from mesenluth.quality.engine import validate
from mesenluth.report.reference_quality import contract_example
from mesenluth.tables.extracted import UNREADABLE, extracted
from mesenluth.tables.io import conform, empty
from mesenluth.tables.registry import REGISTRY

STUDY = {
    "treatment": {"administrations": {"column": "product", "in": ["177Lu-DOTATATE"]}},
    "compartments": [
        {"id": "mesenteric", "where": {"column": "mesenteric_mass", "is": True}, "measure_axis": "longest"},
        {
            "id": "non_mesenteric",
            "where": {"not": {"column": "mesenteric_mass", "is": True}},
            "measure_axis": "nodal_rule",
        },
    ],
    "response": {
        "measurable_mm": 10,
        "measurable_node_mm": 15,
        "max_targets": 5,
        "max_targets_per_organ": 2,
        "target_limits_scope": "per_compartment",
    },
    "quality": {"baseline_days_before": 90, "max_gap_days": 365},
    "cut": {"date": "2023-06-30"},
}
CATALOGUE = load()

# ---- a clean registry of two patients: A (dies) and B --------------------------------------------------------

SCANS = {"s0": "2017-12-10", "s1": "2018-06-01", "s2": "2018-12-01", "s3": "2019-06-01", "s4": "2019-12-01"}
LESIONS = {
    "mm": {"role": "target", "organ": "mesentery", "nodal": False, "mesenteric_mass": True, "retractile": True},
    "liver1": {"role": "target", "organ": "liver", "nodal": False, "mesenteric_mass": False},
    "liver2": {"role": "target", "organ": "liver", "nodal": False, "mesenteric_mass": False},
    "node": {"role": "target", "organ": "retroperitoneum", "nodal": True, "mesenteric_mass": False},
    "bone": {"role": "nontarget", "organ": "bone", "nodal": False, "mesenteric_mass": False},
    "new": {"role": "new", "organ": "lung", "nodal": False, "mesenteric_mass": False},
}
SIZES = {  # millimetres: longest, short
    "mm": [(40, 25), (41, 25), (39, 24), (38, 24), (40, 26)],
    "liver1": [(30, 21), (28, 20), (26, 20), (25, 18), (27, 19)],
    "liver2": [(22, 15), (21, 15), (20, 15), (21, 14), (22, 15)],
    "node": [(25, 18), (24, 17), (24, 16), (25, 17), (26, 18)],
}


def _patient(p, centre, grade, ki67):
    diagnosed = {"A": "2015-01-10", "B": "2015-01-11"}[p]
    rows = {"patients": [{"patient_id": p, "centre": centre, "sex": "F", "birth_year": 1960,
                          "diagnosis_date": diagnosed, "primary_site": "ileum", "stage": "metastatic",
                          "grade": grade, "ki67_percent": ki67, "ecog": 1}]}  # fmt: skip
    rows["administrations"] = [
        {"administration_id": f"{p}-c{n + 1}", "cycle_number": n + 1, "product": "177Lu-DOTATATE", "activity_gbq": 7.4,
         "administration_date": pd.Timestamp("2018-01-01") + pd.Timedelta(days=56 * n)}
        for n in range(4)
    ]  # fmt: skip
    rows["scans"] = [
        {"scan_id": f"{p}-{s}", "scan_date": d, "modality": "CT", "slice_thickness_mm": 2.5, "contrast": True}
        for s, d in SCANS.items()
    ]
    rows["lesions"] = [{"lesion_id": f"{p}-{n}", "evaluator": "investigator", **v} for n, v in LESIONS.items()]
    rows["measurements"] = []
    for lesion in LESIONS:
        for i, scan in enumerate(SCANS):
            read = {"measurement_id": f"{p}-{lesion}-{scan}", "lesion_id": f"{p}-{lesion}", "scan_id": f"{p}-{scan}"}
            if lesion in SIZES:
                longest, short = SIZES[lesion][i]
                read |= {"status": "measured", "longest_diameter_um": longest * 1000, "short_axis_um": short * 1000}
            elif lesion == "bone" or scan == "s4":
                read |= {"status": "present"}
            else:
                continue
            rows["measurements"].append(read)
    rows["uptake"] = [
        {
            "uptake_id": f"{p}-u{s}",
            "lesion_id": f"{p}-mm",
            "scan_id": f"{p}-{s}",
            "tracer": "68Ga-DOTATATE",
            "krenning": 3,
        }
        for s in ("s0", "s2")
    ]
    rows["symptoms"] = [
        {"symptom_id": f"{p}-sy{i}", "symptom_date": d, "term": "abdominal_pain", "ctcae_grade": g}
        for i, (d, g) in enumerate([("2017-12-15", 2), ("2018-09-01", 1)])
    ]
    rows["adverse_events"] = [
        {"adverse_event_id": f"{p}-ae", "term": "abdominal_pain", "category": "gastrointestinal",
         "start_date": "2018-03-01", "end_date": "2018-03-09", "ctcae_grade": 3}
    ]  # fmt: skip
    rows["therapies"] = [
        {"therapy_id": f"{p}-t", "type": "everolimus", "start_date": "2020-02-01", "end_date": "2020-06-01",
         "intent": "anticancer"}
    ]  # fmt: skip
    rows["follow_up"] = [{"follow_up_id": f"{p}-f0", "follow_up_date": "2020-07-01", "vital_status": "alive"}]
    if p == "A":
        rows["follow_up"].append(
            {
                "follow_up_id": "A-f1",
                "follow_up_date": "2020-12-01",
                "vital_status": "dead",
                "cause_of_death": "disease",
            }
        )
    rows["responses"] = [
        {"response_id": f"{p}-r", "evaluator": "investigator", "response_date": "2018-06-01", "kind": "overall",
         "response": "SD"}
    ]  # fmt: skip
    rows["markers"] = [
        {
            "marker_id": f"{p}-m",
            "marker_date": "2017-12-20",
            "marker": "chromogranin_a",
            "value": 250.0,
            "upper_limit": 100.0,
        }
    ]
    return {t: [{"patient_id": p, **r} for r in rs] for t, rs in rows.items()}


def clean():
    """Return the clean registry as table -> name of row -> values."""
    registry = {name: {} for name in REGISTRY}
    for patient in (_patient("A", "C1", "G2", 5.0), _patient("B", "C2", "G1", 2.0)):
        for table, rows in patient.items():
            key = REGISTRY[table].key[0]
            registry[table] |= {r[key]: {"record_id": f"{table}:{r[key]}", **r} for r in rows}
    return registry


CLEAN = clean()


def frame_of(name, rows):
    """Return a table as extraction would pass it on."""
    contract = extracted(name)
    frame = pd.DataFrame(list(rows.values())).reindex(columns=contract.column_names)
    for column in contract.columns:
        if column.type == "date":
            frame[column.name] = pd.to_datetime(frame[column.name])
    return conform(frame, contract)


UNCHANGED = {name: frame_of(name, rows) for name, rows in CLEAN.items()}


def frames(registry):
    """Return the tables as extraction would pass them on."""
    return {
        name: UNCHANGED[name].copy() if rows == CLEAN[name] else frame_of(name, rows) for name, rows in registry.items()
    }


def judge(*edits, study=STUDY, unreadable=None):
    """Validate the clean registry after some edits."""
    registry = copy.deepcopy(CLEAN)
    for edit in edits:
        edit(registry)
    cells = pd.DataFrame(unreadable or [], columns=UNREADABLE.column_names)
    return validate(frames(registry), conform(cells, UNREADABLE), study, CATALOGUE)


def change(table, row, **values):
    """Edit: give a row other values."""
    return lambda registry: registry[table][row].update(values)


def add(table, like, name, **values):
    """Edit: add a row like another one, with a name of its own."""
    key = REGISTRY[table].key[0]
    return lambda registry: registry[table].update(
        {name: {**registry[table][like], "record_id": f"{table}:{name}", key: name, **values}}
    )


def drop(table, *rows):
    """Edit: take rows away."""
    return lambda registry: [registry[table].pop(r) for r in rows]


def found(result, rule):
    """Return the names of the rows that fail a rule."""
    hits = result.findings[result.findings["rule"] == rule]
    return sorted(hits["record_id"].str.split(":").str[1])


# ---- contract rules: one example each, made from the contract ------------------------------------------------

ROW = {t: next(iter(rows)) for t, rows in CLEAN.items()}


def broken_cells(rule):
    """Return the cells that break a contract rule, one dict a row that is made for it."""
    column = REGISTRY[rule.table].column(rule.columns[0])
    if rule.kind in ("readable", "required"):
        return [{column.name: None}]
    if rule.kind == "allowed":
        return [{column.name: "bogus"}]
    if rule.kind == "reference":
        return [{column.name: "nobody"}]
    if rule.kind == "unique":
        other = [c for c in REGISTRY[rule.table].columns if not c.required][-1]
        value = {"string": (*other.allowed, "x")[0], "bool": True, "date": "2018-01-01"}.get(other.type, other.minimum)
        return [{column.name: "twin", other.name: None}, {column.name: "twin", other.name: value}]
    step = 1 if column.type == "int" else 0.001
    limits = [(column.minimum, -step), (column.maximum, step)]
    return [{column.name: limit + beyond} for limit, beyond in limits if limit is not None]


def with_rows(rules, values):
    """Return the registry with further rows like the first of their table, and which rows were made for which rule."""
    registry, made = clean(), {}
    for rule in rules:
        key = REGISTRY[rule.table].key[0]
        for i, cells in enumerate(values(rule)):
            name = f"{rule.id} {i}"
            row = {**CLEAN[rule.table][ROW[rule.table]], key: name, **cells, "record_id": f"{rule.table}:{name}"}
            registry[rule.table][name] = row
            made.setdefault(rule.id, []).append(name)
    return registry, made


@cache
def broken():
    """Validate a registry with rows that break each contract rule."""
    registry, made = with_rows(CATALOGUE.contract, broken_cells)
    cells = [
        (r.table, f"{r.table}:{name}", r.columns[0], "?!", "something else")
        for r in CATALOGUE.contract
        if r.kind == "readable"
        for name in made[r.id]
    ]
    unreadable = conform(pd.DataFrame(cells, columns=UNREADABLE.column_names), UNREADABLE)
    return validate(frames(registry), unreadable, STUDY), made


def test_clean_data_give_no_finding_and_every_rule_looks_at_every_row():
    result = judge()
    assert result.findings.empty
    assert (result.counts["quarantined"] == 0).all()
    sizes = {t: len(rows) for t, rows in CLEAN.items()}
    assert dict(zip(result.counts["table"], result.counts["accepted"], strict=True)) == sizes
    assert list(result.rule_counts["rule"]) == sorted(CATALOGUE.ids)
    assert (result.rule_counts["checked"] == result.rule_counts["table"].map(sizes)).all()
    assert (result.rule_counts["failed"] == 0).all()
    for name, frame in result.accepted.items():
        pd.testing.assert_frame_equal(frame, conform(frames(CLEAN)[name], REGISTRY[name]))


@pytest.mark.parametrize("rule", CATALOGUE.contract, ids=lambda r: r.id)
def test_contract_rule(rule):
    result, made = broken()
    assert found(result, rule.id) == sorted(made[rule.id])
    mine = result.findings[result.findings["rule"] == rule.id]
    assert set(mine["severity"]) == {rule.severity}
    assert set(mine["disposition"]) == {"quarantined" if rule.severity == "error" else "flagged"}
    accepted = set(result.accepted[rule.table]["record_id"])
    assert set(mine["record_id"]) <= accepted if rule.severity != "error" else not set(mine["record_id"]) & accepted


def test_limits_and_allowed_values_themselves_pass():
    def at_the_limit(rule):
        column = REGISTRY[rule.table].column(rule.columns[0])
        values = column.allowed if rule.kind == "allowed" else (column.minimum, column.maximum)
        return [{column.name: v} for v in values if v is not None]

    rules = [r for r in CATALOGUE.contract if r.kind in ("allowed", "range")]
    registry, made = with_rows(rules, at_the_limit)
    result = validate(frames(registry), empty(UNREADABLE), STUDY)
    assert sorted(made) == sorted(r.id for r in rules)
    assert not set(result.findings["rule"]) & {r.id for r in CATALOGUE.contract}


# ---- clinical rules ------------------------------------------------------------------------------------------


def size(row, longest=None, short=None, **more):
    """Edit: other diameters, in millimetres."""
    given = {"longest_diameter_um": longest, "short_axis_um": short}
    return change("measurements", row, **{k: None if v is None else round(v * 1000) for k, v in given.items()}, **more)


def sizes(lesion, *pairs):
    """Edit: diameters (longest, short) of a lesion of patient A from the baseline on."""
    edits = [size(f"A-{lesion}-s{i}", *pair) for i, pair in enumerate(pairs)]
    return lambda registry: [edit(registry) for edit in edits]


def visits(prefix="B"):
    """Edits: the scans of patient A as numbered assessments."""
    return [change("scans", f"A-s{i}", assessment=f"{prefix}{i:02d}") for i in range(len(SCANS))]


def targets(number, **values):
    """Edit: more targets of patient A in organs of their own, each read like liver1."""

    def edit(registry):
        for n in range(number):
            add("lesions", "A-liver1", f"A-x{n}", **{"organ": f"organ {n}", **values})(registry)
            for s in SCANS:
                add("measurements", f"A-liver1-{s}", f"A-x{n}-{s}", lesion_id=f"A-x{n}")(registry)

    return edit


def after_death(table, row, column):
    """Patient A dies on 2020-12-01."""
    return [
        ([change(table, row, **{column: "2020-12-02"})], [row]),
        ([change(table, row, **{column: "2020-12-01"})], []),
    ]


def symptom(name, **values):
    return add("symptoms", "A-sy1", name, **values)


A_C = ["A-c1", "A-c2", "A-c3", "A-c4"]
FOUR_TARGETS = ["A-liver1", "A-liver2", "A-node"]

EXAMPLES = {
    # rule: [(edits, rows that fail it), ...]; at least one with failing rows and one without
    "administrations.after_death": after_death("administrations", "A-c4", "administration_date"),
    "scans.after_death": after_death("scans", "A-s4", "scan_date"),
    "symptoms.after_death": after_death("symptoms", "A-sy1", "symptom_date"),
    "adverse_events.after_death": after_death("adverse_events", "A-ae", "start_date"),
    "therapies.after_death": after_death("therapies", "A-t", "start_date"),
    "follow_up.alive_after_death": [
        *after_death("follow_up", "A-f0", "follow_up_date"),
        ([change("follow_up", "A-f0", follow_up_date="2020-12-02", vital_status="lost")], []),
        ([change("follow_up", "B-f0", follow_up_date="2022-01-01")], []),
    ],
    "administrations.before_diagnosis": [
        ([change("patients", "A", diagnosis_date="2018-01-02")], ["A-c1"]),
        ([change("patients", "A", diagnosis_date="2018-01-01")], []),
        ([change("patients", "A", diagnosis_date=None)], []),
    ],
    "adverse_events.end_before_start": [
        ([change("adverse_events", "A-ae", end_date="2018-02-28")], ["A-ae"]),
        ([change("adverse_events", "A-ae", end_date="2018-03-01")], []),
        ([change("adverse_events", "A-ae", end_date=None)], []),
    ],
    "therapies.end_before_start": [
        ([change("therapies", "A-t", end_date="2020-01-31")], ["A-t"]),
        ([change("therapies", "A-t", end_date="2020-02-01")], []),
    ],
    "adverse_events.grade_impossible": [
        ([change("adverse_events", "A-ae", ctcae_grade=4)], ["A-ae"]),
        ([change("adverse_events", "A-ae", ctcae_grade=4, term="ileus")], []),
        ([change("adverse_events", "A-ae", ctcae_grade=4, term="fatigue")], ["A-ae"]),
        ([change("adverse_events", "A-ae", ctcae_grade=3, term="nausea")], []),
    ],
    "symptoms.grade_impossible": [
        ([change("symptoms", "A-sy1", ctcae_grade=4)], ["A-sy1"]),
        ([change("symptoms", "A-sy1", ctcae_grade=3)], []),
        ([change("symptoms", "A-sy1", ctcae_grade=3, term="bloating")], ["A-sy1"]),
        ([change("symptoms", "A-sy1", ctcae_grade=2, term="bloating")], []),
        ([change("symptoms", "A-sy1", ctcae_grade=4, term="diarrhoea")], []),
    ],
    "symptoms.cause_contradicts_attribution": [
        ([change("symptoms", "A-sy1", cause="carcinoid_syndrome", mesenteric=True)], ["A-sy1"]),
        ([change("symptoms", "A-sy1", cause="carcinoid_syndrome")], []),
        ([change("symptoms", "A-sy1", cause="carcinoid_syndrome", mesenteric=False)], []),
        ([change("symptoms", "A-sy1", cause="mechanical", mesenteric=True)], []),
    ],
    "markers.no_upper_limit": [
        ([change("markers", "A-m", upper_limit=None)], ["A-m"]),
        ([change("markers", "A-m", upper_limit=0.5)], []),
    ],
    "markers.after_death": after_death("markers", "A-m", "marker_date"),
    "responses.value_of_another_kind": [
        ([change("responses", "A-r", response="IMPROVED")], ["A-r"]),
        ([change("responses", "A-r", kind="clinical")], ["A-r"]),
        ([change("responses", "A-r", kind="clinical", response="WORSENED")], []),
        ([change("responses", "A-r", kind="clinical", response=None)], []),
        ([change("responses", "A-r", kind="target")], []),
    ],
    "measurements.short_exceeds_long": [
        ([size("A-liver1-s1", 28, 28.001)], ["A-liver1-s1"]),
        ([size("A-liver1-s1", 28, 28)], []),
        ([size("A-liver1-s1", None, 28)], []),
    ],
    "measurements.status_with_size": [
        ([size("A-liver1-s1", 5, status="absent")], ["A-liver1-s1"]),
        ([size("A-liver1-s1", None, 5, status="not_evaluable")], ["A-liver1-s1"]),
        ([size("A-liver1-s1", 3, status="too_small")], []),
        ([size("A-liver1-s1", status="absent")], []),
    ],
    "measurements.measured_without_size": [
        ([size("A-liver1-s1")], ["A-liver1-s1"]),
        ([size("A-liver1-s1", 28)], []),
        ([size("A-liver1-s1", None, 20)], []),
        ([size("A-liver1-s1", status="present")], []),
    ],
    "measurements.duplicate_reading": [
        ([add("measurements", "A-mm-s1", "again", longest_diameter_um=41_001)], ["A-mm-s1", "again"]),
        ([add("measurements", "A-mm-s1", "again", status="too_small")], ["A-mm-s1", "again"]),
        ([add("measurements", "A-mm-s1", "again")], []),
        ([add("measurements", "A-mm-s1", "again", lesion_id="A-bone", scan_id="A-s1", status="present",
              longest_diameter_um=None, short_axis_um=None)], []),
    ],
    "measurements.other_patient": [
        ([change("measurements", "A-mm-s1", patient_id="B")], ["A-mm-s1"]),
        ([change("measurements", "A-mm-s1", scan_id="B-s1")], ["A-mm-s1"]),
        ([change("measurements", "A-mm-s1", lesion_id="B-mm")], ["A-mm-s1"]),
        ([change("measurements", "A-mm-s1", patient_id="B", lesion_id="B-mm", scan_id="B-s1")], []),
    ],
    "measurements.new_lesion_at_baseline": [
        ([change("measurements", "A-new-s4", scan_id="A-s0")], ["A-new-s4"]),
        ([change("measurements", "A-new-s4", scan_id="A-s0"), change("scans", "A-s0", scan_date="2018-01-01")],
         ["A-new-s4"]),
        ([change("measurements", "A-new-s4", scan_id="A-s0"), change("scans", "A-s0", scan_date="2018-01-02")], []),
        ([change("measurements", "A-new-s4", scan_id="A-s0", status="absent")], []),
    ],
    "uptake.other_patient": [
        ([change("uptake", "A-us2", patient_id="B")], ["A-us2"]),
        ([change("uptake", "A-us2", patient_id="B", lesion_id="B-mm", scan_id="B-s2")], []),
    ],
    "patients.age_at_diagnosis": [
        ([change("patients", "A", birth_year=1998)], ["A"]),
        ([change("patients", "A", birth_year=1919)], ["A"]),
        ([change("patients", "A", birth_year=1997)], []),
        ([change("patients", "A", birth_year=1920)], []),
        ([change("patients", "A", birth_year=None)], []),
    ],
    "patients.grade_ki67_mismatch": [
        *[([change("patients", "A", grade=g, ki67_percent=k)], ["A"])
          for g, k in [("G1", 3), ("G2", 2.9), ("G2", 20.1), ("G3", 20), ("NEC", 20)]],
        *[([change("patients", "A", grade=g, ki67_percent=k)], [])
          for g, k in [("G1", 2.9), ("G2", 3), ("G2", 20), ("G3", 20.1), ("NEC", 55), (None, 50), ("G1", None)]],
    ],
    "patients.in_two_centres": [
        ([change("patients", "B", diagnosis_date="2015-01-10")], ["A", "B"]),
        ([change("patients", "B", diagnosis_date="2015-01-10", centre="C1")], []),
        ([change("patients", "B", diagnosis_date="2015-01-10", sex="M")], []),
        ([change("patients", "B", diagnosis_date="2015-01-10", birth_year=1961)], []),
        ([change("patients", "B", diagnosis_date="2015-01-10"), change("patients", "A", birth_year=None)], []),
        ([change("patients", "B", diagnosis_date="2015-01-10"),
          change("administrations", "B-c1", administration_date="2018-01-02")], []),
    ],
    "patients.day_0_doubtful": [
        ([change("administrations", "A-c1", activity_gbq=74.0)], ["A"]),
        ([change("administrations", "A-c1", administration_date=None)], ["A"]),
        ([change("administrations", n, activity_gbq=74.0) for n in A_C], ["A"]),
        # A cycle dated after one that is accepted moves no day 0, nor does another treatment.
        ([change("administrations", "A-c2", activity_gbq=74.0)], []),
        ([change("administrations", "A-c1", activity_gbq=74.0, product="90Y-DOTATOC")], []),
        ([drop("administrations", *A_C)], []),
    ],
    "administrations.interval": [
        ([change("administrations", "A-c4", administration_date="2018-06-03")], ["A-c4"]),
        ([change("administrations", "A-c4", administration_date="2018-06-04")], []),
        ([change("administrations", "A-c4", administration_date="2018-07-31")], ["A-c4"]),
        ([change("administrations", "A-c4", administration_date="2018-07-30")], []),
        # The cycle between is in quarantine: the longer interval is explained, not a second finding.
        ([change("administrations", "A-c3", activity_gbq=74.0)], []),
        ([change("administrations", "A-c2", product="90Y-DOTATOC", administration_date="2018-01-09"),
          change("administrations", "A-c3", administration_date="2018-03-01"),
          change("administrations", "A-c4", administration_date="2018-05-01")], []),
        # Two of one date are the matter of same_date.
        ([change("administrations", "A-c4", administration_date="2018-04-23")], []),
    ],
    "administrations.cycle_numbering": [
        ([change("administrations", "A-c2", cycle_number=3), change("administrations", "A-c3", cycle_number=2)],
         ["A-c2", "A-c3"]),
        ([change("administrations", "A-c4", cycle_number=5)], ["A-c4"]),
        ([drop("administrations", "A-c2")], ["A-c3", "A-c4"]),
        ([change("administrations", "A-c4", cycle_number=None)], []),
        # The second cycle is in quarantine, and its number with it.
        ([change("administrations", "A-c2", activity_gbq=74.0)], []),
        ([change("administrations", "A-c2", activity_gbq=74.0), change("administrations", "A-c4", cycle_number=3)],
         ["A-c4"]),
        ([change("administrations", "A-c4", administration_date="2018-04-23")], []),
        ([change("administrations", "A-c4", administration_date="2018-04-23", cycle_number=3)], []),
    ],
    "administrations.same_date": [
        ([change("administrations", "A-c4", administration_date="2018-04-23")], ["A-c3", "A-c4"]),
        ([change("administrations", "B-c4", administration_date="2018-04-24")], []),
    ],
    "administrations.activity_deviation": [
        ([change("administrations", "A-c1", activity_gbq=6.65)], ["A-c1"]),
        ([change("administrations", "A-c1", activity_gbq=8.15)], ["A-c1"]),
        ([change("administrations", "A-c1", activity_gbq=6.66),
          change("administrations", "A-c2", activity_gbq=8.14)], []),
        ([change("administrations", "A-c1", activity_gbq=3.7, product="90Y-DOTATOC")], []),
    ],
    "scans.baseline_too_old": [
        ([change("scans", "A-s0", scan_date="2017-10-02")], ["A-s0"]),
        ([change("scans", "A-s0", scan_date="2017-10-03")], []),
        # An older scan before the baseline is none.
        ([add("scans", "A-s0", "A-old", scan_date="2016-01-01")], []),
        # The baseline may be the scan in quarantine.
        ([change("scans", "A-s0", scan_date="2017-10-02"), add("scans", "A-s0", "A-bad", slice_thickness_mm=99.0)], []),
    ],
    "scans.slice_thick": [
        ([change("scans", "A-s1", slice_thickness_mm=5.1)], ["A-s1"]),
        ([change("scans", "A-s1", slice_thickness_mm=5.0)], []),
    ],
    "scans.gap": [
        ([change("scans", "A-s4", scan_date="2020-06-01")], ["A-s4"]),  # 366 days after 2019-06-01
        ([change("scans", "A-s4", scan_date="2020-05-31")], []),
        ([drop("scans", "B-s1", "B-s2"), drop("measurements", *(
            f"B-{lesion}-{s}" for lesion in (*SIZES, "bone") for s in ("s1", "s2"))),
          drop("uptake", "B-us2")], ["B-s3"]),  # counted from day 0, not from the baseline
        # The gap may be the scan in quarantine.
        ([change("scans", "A-s3", slice_thickness_mm=99.0), change("scans", "A-s4", scan_date="2020-02-01")], []),
        # No day 0: between two scans.
        ([drop("administrations", *A_C), change("scans", "A-s4", scan_date="2020-06-01")], ["A-s4"]),
    ],
    "lesions.target_not_measurable": [
        ([size("A-liver1-s0", 9.999, 8)], ["A-liver1"]),
        ([size("A-liver1-s0", 10, 8)], []),
        ([size("A-node-s0", 25, 14.999)], ["A-node"]),
        ([size("A-node-s0", 25, 15)], []),
        ([change("scans", "A-s0", slice_thickness_mm=11.001)], ["A-liver2"]),  # 22 mm < 2 x 11.001 mm
        ([change("scans", "A-s0", slice_thickness_mm=11.0)], []),
        ([size("A-liver2-s0", 10, 9), change("scans", "A-s0", slice_thickness_mm=5.0)], []),
        ([change("lesions", "A-mm", prior_local_therapy=True)], ["A-mm"]),
        ([change("lesions", "A-bone", prior_local_therapy=True)], []),
        # The study sums the mass by its longest diameter, node or not.
        ([change("lesions", "A-mm", nodal=True), size("A-mm-s0", 40, 12)], []),
        ([size("A-liver1-s1", 9, 8)], []),
    ],
    "lesions.too_many_targets": [
        ([targets(3)], [*FOUR_TARGETS, "A-x0", "A-x1", "A-x2"]),
        ([targets(2)], []),  # five beside the mesenteric mass, which counts apart
        ([targets(3, evaluator="reader_2")], []),
        ([targets(3, split_from="A-liver1")], []),
    ],
    "lesions.too_many_targets_per_organ": [
        ([targets(1, organ="liver")], ["A-liver1", "A-liver2", "A-x0"]),
        ([targets(2, organ="neck", nodal=True)], ["A-node", "A-x0", "A-x1"]),
        ([targets(1, organ="neck", nodal=True)], []),
        ([targets(1, organ=None)], []),
        ([targets(1, organ="liver", mesenteric_mass=True)], []),
        ([targets(1, organ="liver", role="nontarget")], []),
        # Paired organs are one.
        ([targets(1, organ="Right lung"), change("lesions", "A-liver1", organ="lung_left"),
          change("lesions", "A-liver2", organ="Lung, left")], ["A-liver1", "A-liver2", "A-x0"]),
        ([targets(1, organ="right"), change("lesions", "A-liver1", organ="leftover")], []),
    ],
    "lesions.target_without_baseline": [
        ([drop("measurements", "A-liver1-s0")], ["A-liver1"]),
        ([size("A-liver1-s0", status="absent")], ["A-liver1"]),
        ([size("A-liver1-s0", status="too_small")], []),
        ([drop("measurements", "A-liver1-s0"), change("lesions", "A-liver1", split_from="A-liver2")], []),
        # The reading at baseline is in quarantine: it is not missing.
        ([size("A-liver1-s0", 20, 25)], []),
        ([drop("measurements", "A-liver1-s0"), drop("administrations", *A_C)], []),
        # The first administration is in quarantine, so when the baseline ended is not known.
        ([drop("measurements", "A-liver1-s0"), change("administrations", "A-c1", administration_date=None)], []),
    ],
    "lesions.split_from_elsewhere": [
        ([change("lesions", "A-liver2", split_from="A-nobody")], ["A-liver2"]),
        ([change("lesions", "A-liver2", split_from="B-liver1")], ["A-liver2"]),
        ([change("lesions", "A-liver2", split_from="A-liver2")], ["A-liver2"]),
        ([change("lesions", "A-liver2", split_from="A-liver1", evaluator="reader_2")], ["A-liver2"]),
        ([change("lesions", "A-liver2", split_from="A-liver1")], []),
        # Its lesion is in quarantine.
        ([change("lesions", "A-liver2", split_from="A-liver1"), change("lesions", "A-liver1", role="primary")],
         ["A-liver2"]),
    ],
    "lesions.merged_into_elsewhere": [
        ([change("lesions", "A-liver2", merged_into="A-nobody")], ["A-liver2"]),
        ([change("lesions", "A-liver2", merged_into="B-liver1")], ["A-liver2"]),
        ([change("lesions", "A-liver2", merged_into="A-liver1")], []),
    ],
    "lesions.compartment_unknown": [
        ([change("lesions", "A-bone", mesenteric_mass=None)], ["A-bone"]),
        ([change("lesions", "A-bone", mesenteric_mass=True)], []),
    ],
    "measurements.same_day": [
        ([change("scans", "A-s2", scan_date="2018-06-01")],
         [f"A-{n}-{s}" for n in ("mm", "liver1", "liver2", "node") for s in ("s1", "s2")]),
        ([change("scans", "A-s2", scan_date="2018-06-02")], []),
        ([add("scans", "A-s1", "A-mri"), add("measurements", "A-mm-s1", "A-m", scan_id="A-mri")], []),
        ([add("scans", "A-s1", "A-mri"), add("measurements", "A-mm-s1", "A-m", scan_id="A-mri", status="not_evaluable",
              longest_diameter_um=None, short_axis_um=None)], []),
        ([add("scans", "A-s1", "A-mri"), add("measurements", "A-mm-s1", "A-m", scan_id="A-mri", status="absent",
              longest_diameter_um=None, short_axis_um=None)], ["A-m", "A-mm-s1"]),
    ],
    "measurements.tenfold_jump": [
        ([size("A-mm-s2", 3.9, 2.4)], ["A-mm-s2"]),  # between two jumps
        ([size("A-mm-s0", 4.0, 2.5)], ["A-mm-s0"]),  # alone before a jump
        ([size("A-mm-s4", 4.0, 2.6)], ["A-mm-s4"]),  # alone after a jump
        ([size("A-mm-s2", 390, 24)], ["A-mm-s2"]),  # one axis
        ([size("A-mm-s3", 3.8, 2.4), size("A-mm-s4", 4.0, 2.6)], ["A-mm-s3"]),  # a new level
        ([sizes("mm", (40, 25)), size("A-mm-s1", 5, 4.9)], ["A-mm-s1"]),  # factor 8
        ([size("A-mm-s1", 5.001, 4.9)], []),
        ([size("A-mm-s4", 400, 26), size("A-mm-s3", 33.333, 24)], []),  # just over 12
        ([drop("measurements", "A-mm-s2", "A-mm-s3", "A-mm-s4"), size("A-mm-s1", 4, 2.5)], ["A-mm-s1"]),
        ([size("A-mm-s3", 5, 4.9), size("A-mm-s4", 40, 26)], ["A-mm-s3"]),  # 38 mm would be no jump
        ([size("A-mm-s1", status="not_evaluable"), size("A-mm-s2", 3.9, 2.4)], ["A-mm-s2"]),
    ],
    "measurements.axis_swap": [
        ([size("A-mm-s1", 25, 20)], ["A-mm-s1"]),
        ([size("A-mm-s1", 27.5, 20)], ["A-mm-s1"]),
        ([size("A-mm-s1", 27.501, 20)], []),
        ([size("A-liver1-s1", 21, 20)], []),  # exactly 30 % off
        ([size("A-liver1-s1", 20.999, 20)], ["A-liver1-s1"]),
        ([size("A-mm-s0", 40, None), size("A-mm-s1", 25, 20)], []),
    ],
    "measurements.copy_forward": [
        ([sizes("mm", (40, 25), (40, 25), (40, 25), (40, 25))], ["A-mm-s1", "A-mm-s2", "A-mm-s3"]),
        ([sizes("mm", (40, 25), (40, 25), (40, 25))], []),
        ([sizes("mm", (40, 25), (40, 25), (40, 24), (40, 25), (40, 25))], []),
        ([sizes("mm", (40, None), (40, None), (40, None), (40, None))], ["A-mm-s1", "A-mm-s2", "A-mm-s3"]),
        ([*(size(f"A-mm-s{i}", 5, status="too_small") for i in range(5))], []),
    ],
    "measurements.one_axis_copied": [
        ([sizes("mm", (40, 25.3), (41, 25.3), (39, 25.3), (38, 25.3))], ["A-mm-s1", "A-mm-s2", "A-mm-s3"]),
        ([sizes("mm", (40, 25.3), (41, 25.3), (39, 25.3), (38, 25.4))], []),
        ([sizes("mm", (40, 25), (41, 25), (39, 25), (38, 25), (40, 25))], []),  # whole millimetres repeat by chance
        ([sizes("mm", (40.2, 25.3), (40.2, 25.3), (40.2, 25.3), (40.2, 25.3))], []),  # copied whole
        # Two readings copied whole, then the longest diameter alone was changed.
        ([sizes("mm", (40.2, 25.3), (40.2, 25.3), (40.2, 25.3), (41.2, 25.3))], ["A-mm-s1", "A-mm-s2", "A-mm-s3"]),
    ],
    "scans.assessment_order": [
        # Day and month exchanged: 12 January for 1 December.
        ([*visits(), change("scans", "A-s4", scan_date="2019-01-12")], ["A-s3", "A-s4"]),
        ([*visits(), change("scans", "A-s4", scan_date="2018-01-12")], ["A-s4"]),
        ([*visits(), change("scans", "A-s4", scan_date="2019-06-02")], []),
        ([*visits(), change("scans", "A-s4", scan_date="2019-06-01")], []),
        ([*visits("C"), change("scans", "A-s4", scan_date="2018-01-12", assessment="end")], []),
        ([*visits(), change("scans", "A-s4", scan_date="2018-01-12", assessment="X04")], []),
        ([change("scans", "A-s4", scan_date="2018-01-12")], []),
    ],
    "lesions.site_of_another_organ": [
        ([change("lesions", "A-liver1", site="lung")], ["A-liver1"]),
        ([change("lesions", "A-liver1", site="liver")], []),
        ([change("lesions", "A-liver1", site="lung", organ=None)], []),
        ([change("lesions", "A-node", site="mediastinum")], []),
    ],
    "lesions.site_of_other_sex": [
        ([change("patients", "A", sex="M"), change("lesions", "A-new", site="ovary", organ="ovary")], ["A-new"]),
        ([change("lesions", "A-new", site="prostate")], ["A-new"]),
        ([change("lesions", "A-new", site="ovary", organ="ovary")], []),
        ([change("patients", "A", sex=None), change("lesions", "A-new", organ="ovary")], []),
    ],
    "follow_up.two_deaths": [
        ([add("follow_up", "A-f1", "A-f2", follow_up_date="2021-12-01")], ["A-f1", "A-f2"]),
        ([add("follow_up", "A-f1", "A-f2")], []),
    ],
    "markers.unit_jump": [
        ([add("markers", "A-m", "A-m2", marker_date="2018-02-01", value=0.26)], ["A-m2"]),
        ([add("markers", "A-m", "A-m2", marker_date="2018-02-01", value=0.84)], []),
        ([add("markers", "A-m", "A-m2", marker_date="2018-02-01", value=0.26, upper_limit=0.1)], []),
        ([add("markers", "A-m", "A-m2", marker_date="2018-02-01", value=0.26, marker="5_hiaa")], []),
        ([change("markers", "A-m", upper_limit=None),
          add("markers", "A-m", "A-m2", marker_date="2018-02-01", value=260_000.0, upper_limit=None),
          add("markers", "A-m", "A-m3", marker_date="2018-03-01", value=255.0, upper_limit=None)], ["A-m2"]),
        ([add("markers", "A-m", "A-m2", marker_date="2018-02-01", value=0.0)], []),
    ],
    "measurements.large_change": [
        ([size("A-mm-s4", 57.001, 24)], ["A-mm-s4"]),  # 38 mm before
        ([size("A-mm-s4", 57, 24)], []),
        ([size("A-mm-s4", 18.999, 12)], ["A-mm-s4"]),
        ([size("A-mm-s2", 3.9, 2.4)], []),  # tenfold
        ([size("A-node-s4", 26, 7)], ["A-node-s4"]),
        ([size("A-node-s4", 60, 18)], []),  # a node is summed by its short axis
        ([size("A-mm-s3", status="not_evaluable"), size("A-mm-s4", 80, 24)], []),  # more than one interval
    ],
    "uptake.tracer_changed": [
        ([change("uptake", "A-us2", tracer="18F-FDG")], ["A-us2"]),
        ([change("uptake", "A-us2", tracer=None)], []),
        ([change("uptake", "A-us2", tracer="18F-FDG"), add("uptake", "A-us0", "A-fdg", tracer="18F-FDG")], []),
        ([change("uptake", "A-us2", tracer="18F-FDG"), drop("uptake", "A-us0")], []),
    ],
    "responses.same_day": [
        ([add("responses", "A-r", "A-r2", response="PD")], ["A-r", "A-r2"]),
        ([add("responses", "A-r", "A-r2")], []),
        ([add("responses", "A-r", "A-r2", response="PD", evaluator="reader_2")], []),
        ([add("responses", "A-r", "A-r2", response="PD", kind="target")], []),
        ([add("responses", "A-r", "A-r2", response="PD", response_date=None)], []),
        ([add("responses", "A-r", "A-r2", response=None)], []),
    ],
    "uptake.modality_changed": [
        # The fixture's scans are CT: the tracer tells that it was the CT of a PET.
        ([change("scans", "A-s2", modality="scintigraphy")], ["A-us2"]),
        ([change("scans", "A-s2", modality="PET-MRI")], []),
        ([change("scans", "A-s2", modality=None)], []),
        ([change("uptake", "A-us2", tracer="111In-pentetreotide")], ["A-us2"]),
        ([change("scans", "A-s0", modality="SPECT-CT"), change("scans", "A-s2", modality="scintigraphy")], ["A-us2"]),
        # By gamma camera, planar or SPECT: that they differ is not known.
        ([change("scans", "A-s0", modality="SPECT-CT"), change("uptake", "A-us2", tracer="111In-pentetreotide")], []),
        ([change("scans", "A-s2", modality="scintigraphy"), drop("uptake", "A-us0")], []),
        ([change("uptake", "A-us2", tracer=None)], []),
    ],
    "symptoms.improved_without_baseline": [
        ([symptom("A-sy2", term="nausea")], ["A-sy2"]),
        ([symptom("A-sy2", term="nausea"),
          symptom("A-sy3", term="nausea", symptom_date="2018-01-01", ctcae_grade=0)], []),
        ([symptom("A-sy2", term="nausea"), change("symptoms", "A-sy0", ctcae_grade=9)], []),
        ([symptom("A-sy2", term="nausea"), drop("administrations", *A_C)], []),
    ],
}  # fmt: skip


def test_every_clinical_rule_has_an_example_that_fails_and_one_that_passes():
    assert sorted(EXAMPLES) == sorted(r.id for r in CATALOGUE.clinical)
    for rule, cases in EXAMPLES.items():
        assert any(rows for _, rows in cases), rule
        assert any(not rows for _, rows in cases), rule


@pytest.mark.parametrize(
    ("rule", "edits", "rows"),
    [
        pytest.param(rule, edits, rows, id=f"{rule}-{i}")
        for rule, cases in EXAMPLES.items()
        for i, (edits, rows) in enumerate(cases)
    ],
)
def test_clinical_rule(rule, edits, rows):
    result = judge(*edits)
    assert found(result, rule) == sorted(rows)
    mine = result.findings[result.findings["rule"] == rule]
    assert (mine["severity"] == CATALOGUE[rule].severity).all()
    gone = {f"{t}:{k}" for t in REGISTRY for k in CLEAN[t]} - {
        r for f in result.accepted.values() for r in f["record_id"]
    }
    if CATALOGUE[rule].severity == "error":
        assert set(mine["record_id"]) <= gone | {f"{CATALOGUE[rule].table}:again"}
    else:
        assert not set(mine["record_id"]) & gone
    count = result.rule_counts.set_index("rule").loc[rule]
    assert count["failed"] == len(rows)


@pytest.mark.parametrize("rule", EXAMPLES)
def test_the_example_of_the_catalogue_is_what_a_finding_shows(rule):
    edits = next(edits for edits, rows in EXAMPLES[rule] if rows)
    findings = judge(*edits).findings
    assert CATALOGUE[rule].example in set(findings.loc[findings["rule"] == rule, "observed"])


@pytest.mark.parametrize("rule", [r for r in CATALOGUE.contract if r.kind != "unique"], ids=lambda r: r.id)
def test_the_example_of_a_contract_rule_is_what_a_finding_shows(rule):
    findings = broken()[0].findings
    assert contract_example(rule) in set(findings.loc[findings["rule"] == rule.id, "observed"])


def test_target_limits_of_the_whole_patient():
    # RECIST 1.1, 4.2: five targets in all, the mass among them.
    whole = {**STUDY, "response": {**STUDY["response"], "target_limits_scope": "patient"}}
    assert found(judge(targets(1), study=whole), "lesions.too_many_targets") == []
    assert found(judge(targets(2), study=whole), "lesions.too_many_targets") == sorted(
        ["A-mm", *FOUR_TARGETS, "A-x0", "A-x1"]
    )


def test_a_limit_of_null_switches_a_rule_off():
    off = {**STUDY, "quality": {**STUDY["quality"], "max_gap_days": None}}
    result = judge(change("scans", "A-s4", scan_date="2020-11-01"), study=off)
    assert found(result, "scans.gap") == []
    count = result.rule_counts.set_index("rule").loc["scans.gap"]
    assert count["checked"] == len(CLEAN["scans"]) and "switched off" in count["description"]


def test_no_rows_at_all():
    nothing = validate({n: empty(extracted(n)) for n in REGISTRY}, empty(UNREADABLE), STUDY)
    assert nothing.findings.empty and nothing.counts[["accepted", "quarantined"]].to_numpy().sum() == 0
    assert (nothing.rule_counts["checked"] == 0).all()
