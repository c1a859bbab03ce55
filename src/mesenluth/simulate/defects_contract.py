"""Defects against the tables' contracts: unreadable, missing, unknown or impossible values, lost references, copies."""

from __future__ import annotations

from collections.abc import Callable

from .planter import KEYS, Planter
from .records import Row
from .source import french, iso, source_column

Test = Callable[[Planter, Row], bool]
NOBODY = "DOS-0{:06d}"
"""Hospital numbers that no patient has: all others begin with another digit."""


def plant(planter: Planter) -> None:
    """Plant every kind of contract defect in patients who are not included, recorded responses excepted."""
    _patients(planter)
    for table in PLACES:
        if table != "responses":
            _cells(planter, table)
    _references(planter)
    for row in planter.choose("patients", planter.times(3)):
        exact_copy(planter, "patients", row)
    for table in PLACES:
        if table != "responses":
            _copies(planter, table)


def recorded(planter: Planter) -> None:
    """Plant the contract defects of recorded responses."""
    _cells(planter, "responses")
    _copies(planter, "responses")


def _cells(planter: Planter, table: str) -> None:
    group, fits = PLACES[table]
    for of, column, kind, texts, number in CELLS:
        if of != table:
            continue

        def spoilable(row: Row, column: str = column) -> bool:
            return _given(column, row) and fits(planter, row)

        for place, row in enumerate(planter.choose(table, planter.times(number), spoilable, group)):
            planted = texts[place % len(texts)]
            severity = "warning" if (table, column) in DETAILS else "error"
            planter.spoil(f"{table}.{column}.{kind}", table, row, column, None if planted == "" else planted, severity)


def _given(column: str, row: Row) -> bool:
    """Return whether a cell may be spoilt: it holds a value, or may do so without one."""
    return column in ("patient_id", "cause_of_death", "end_date") or row.get(column) is not None


def _treated(planter: Planter, row: Row) -> bool:
    return planter.person(row).group == "treated"


def _last_of_three(planter: Planter, row: Row) -> bool:
    mine = planter.of["administrations"][row["_p"]]
    return _treated(planter, row) and len(mine) > 2 and row is mine[-1]


def _spare_scan(planter: Planter, row: Row) -> bool:
    return _treated(planter, row) and planter.scan_removable(row)


def _minor_lesion(planter: Planter, row: Row) -> bool:
    return _treated(planter, row) and row["role"] == "nontarget" and row["mesenteric_mass"] is False


def _spare_reading(planter: Planter, row: Row) -> bool:
    return _treated(planter, row) and planter.removable(row)


def _spare_uptake(planter: Planter, row: Row) -> bool:
    return _treated(planter, row) and row["_k"] > 0


def _visit(planter: Planter, row: Row) -> bool:
    return _treated(planter, row) and row["symptom_date"] > planter.person(row).origin


def _anybody(planter: Planter, row: Row) -> bool:
    return True


def _living(planter: Planter, row: Row) -> bool:
    return row["vital_status"] == "alive"


PLACES: dict[str, tuple[str, Test]] = {
    "administrations": ("course", _last_of_three),
    "scans": ("course", _spare_scan),
    "lesions": ("course", _minor_lesion),
    "measurements": ("lesion", _spare_reading),
    "uptake": ("lesion", _spare_uptake),
    "symptoms": ("patient", _visit),
    "adverse_events": ("row", _anybody),
    "therapies": ("row", _anybody),
    "follow_up": ("row", _living),
    "responses": ("row", _anybody),
}
"""Where a cell of each table may be spoilt so that nothing else is found, and what is kept free around it."""

DETAILS = (
    ("follow_up", "cause_of_death"),
    ("adverse_events", "category"),
    ("adverse_events", "end_date"),
    ("therapies", "intent"),
    ("therapies", "end_date"),
)
"""Cells that cost the value, not the row."""

CELLS: tuple[tuple[str, str, str, tuple[str, ...], int], ...] = (
    ("administrations", "administration_date", "readable", ("30/02/2019", "2019-07-04", "13/2018"), 3),
    ("administrations", "administration_date", "required", ("",), 2),
    ("administrations", "product", "readable", ("LUTATHERA",), 2),
    ("administrations", "product", "required", ("",), 2),
    ("administrations", "activity_gbq", "readable", ("7,4 GBq", "7.4"), 3),
    ("administrations", "activity_gbq", "range", ("74", "0,3"), 3),
    ("administrations", "cycle_number", "readable", ("4e",), 2),
    ("administrations", "cycle_number", "range", ("0", "25"), 2),
    ("administrations", "administration_id", "required", ("",), 1),
    ("scans", "scan_date", "readable", ("2019-02-30", "04/05/2018", "2018"), 4),
    ("scans", "scan_date", "required", ("",), 2),
    ("scans", "slice_thickness_mm", "readable", ("2.5", "5 mm"), 3),
    ("scans", "slice_thickness_mm", "range", ("25", "0"), 2),
    ("scans", "modality", "readable", ("SCANNER",), 2),
    ("scans", "contrast", "readable", ("?",), 2),
    ("scans", "patient_id", "required", ("",), 1),
    ("lesions", "role", "readable", ("CIBLE",), 3),
    ("lesions", "role", "required", ("",), 2),
    ("lesions", "nodal", "readable", ("9", "oui"), 3),
    ("lesions", "nodal", "required", ("",), 2),
    ("lesions", "mesenteric_mass", "readable", ("?",), 2),
    ("lesions", "retractile", "readable", ("oui",), 2),
    ("lesions", "patient_id", "required", ("",), 1),
    ("measurements", "status", "readable", ("STABLE", "X"), 6),
    ("measurements", "status", "required", ("",), 4),
    ("measurements", "longest_diameter_um", "readable", ("2,5 cm", "31.4", "UNK", "env. 30"), 10),
    ("measurements", "short_axis_um", "readable", ("1,8 cm", "17.2", "<20"), 6),
    ("measurements", "longest_diameter_um", "range", ("450", "0"), 5),
    ("measurements", "short_axis_um", "range", ("0",), 3),
    ("measurements", "lesion_id", "required", ("",), 3),
    ("measurements", "scan_id", "required", ("",), 3),
    ("measurements", "patient_id", "required", ("",), 2),
    ("measurements", "lesion_id", "reference", ("L990001", "L990002", "L990003"), 5),
    ("measurements", "scan_id", "reference", ("E990001", "E990002"), 5),
    ("measurements", "patient_id", "reference", (NOBODY.format(17), NOBODY.format(18)), 4),
    ("uptake", "krenning", "readable", ("III", "3-4"), 4),
    ("uptake", "krenning", "range", ("5", "7"), 4),
    ("uptake", "suvmax", "readable", ("n.c.", "12.5"), 3),
    ("uptake", "suvmax", "range", ("450",), 3),
    ("uptake", "liver_suvmean", "range", ("130",), 2),
    ("uptake", "tracer", "allowed", ("68Ga-DOTA", "DOTATOC"), 4),
    ("uptake", "scan_id", "required", ("",), 2),
    ("uptake", "lesion_id", "required", ("",), 2),
    ("uptake", "lesion_id", "reference", ("L990004", "L990005"), 3),
    ("uptake", "scan_id", "reference", ("E990004", "E990005"), 3),
    ("uptake", "patient_id", "reference", (NOBODY.format(21),), 2),
    ("symptoms", "symptom_date", "readable", ("2019-02-29", "03/04/2019"), 4),
    ("symptoms", "term", "readable", ("FIEVRE",), 3),
    ("symptoms", "term", "required", ("",), 2),
    ("symptoms", "ctcae_grade", "readable", ("modéré", "1-2"), 4),
    ("symptoms", "ctcae_grade", "range", ("6", "9"), 4),
    ("symptoms", "ctcae_grade", "required", ("",), 3),
    ("symptoms", "patient_id", "required", ("",), 2),
    ("symptoms", "patient_id", "reference", (NOBODY.format(31), NOBODY.format(32)), 3),
    ("adverse_events", "start_date", "readable", ("2019-07-04", "31/02/2018"), 3),
    ("adverse_events", "start_date", "required", ("",), 2),
    ("adverse_events", "end_date", "readable", ("31/02/2018", "en cours"), 3),
    ("adverse_events", "ctcae_grade", "readable", ("sévère",), 2),
    ("adverse_events", "ctcae_grade", "range", ("6", "0"), 3),
    ("adverse_events", "ctcae_grade", "required", ("",), 2),
    ("adverse_events", "term", "readable", ("ZZZ",), 2),
    ("adverse_events", "term", "required", ("",), 2),
    ("adverse_events", "category", "readable", ("?",), 2),
    ("adverse_events", "patient_id", "reference", (NOBODY.format(41), NOBODY.format(42)), 2),
    ("therapies", "type", "readable", ("PEMBRO",), 3),
    ("therapies", "type", "required", ("",), 2),
    ("therapies", "start_date", "readable", ("2017", "05/06/2017"), 4),
    ("therapies", "start_date", "required", ("",), 3),
    ("therapies", "end_date", "readable", ("en cours",), 3),
    ("therapies", "intent", "readable", ("?",), 2),
    ("therapies", "patient_id", "reference", (NOBODY.format(51), NOBODY.format(52)), 4),
    ("follow_up", "follow_up_date", "readable", ("00/00/2019", "2020-01-15"), 6),
    ("follow_up", "follow_up_date", "required", ("",), 4),
    ("follow_up", "vital_status", "readable", ("vivant",), 5),
    ("follow_up", "vital_status", "required", ("",), 4),
    ("follow_up", "cause_of_death", "readable", ("X",), 3),
    ("follow_up", "patient_id", "reference", (NOBODY.format(61), NOBODY.format(62)), 5),
    ("responses", "response", "allowed", ("RP", "RC", "stable"), 6),
    ("responses", "kind", "readable", ("?",), 2),
    ("responses", "kind", "required", ("",), 2),
    ("responses", "response_date", "readable", ("T3 2019", "12/05/2019"), 3),
    ("responses", "patient_id", "reference", (NOBODY.format(71),), 2),
)
"""Table, column, kind of rule, what is written into the cell ("" for nothing), and how often."""

PATIENTS: tuple[tuple[str, str, tuple[str, ...], int], ...] = (
    ("sex", "readable", ("X", "homme"), 3),
    ("birth_year", "readable", ("1950-02-30", "12/05/1948"), 3),
    ("birth_year", "range", ("1875-03-12",), 3),
    ("diagnosis_date", "readable", ("2015-00-00", "03/2015"), 3),
    ("primary_site", "readable", ("C17.A", "grêle"), 3),
    ("stage", "readable", ("IV",), 4),
    ("grade", "allowed", ("G4", "bien différencié"), 4),
    ("ki67_percent", "readable", ("5-10", "<2", "2.5"), 5),
    ("ki67_percent", "range", ("130",), 3),
    ("functioning", "readable", ("oui",), 3),
    ("carcinoid_syndrome", "readable", ("?",), 2),
    ("ecog", "readable", ("0-1",), 3),
    ("ecog", "range", ("7",), 3),
    ("primary_resected", "readable", ("oui",), 2),
    ("prior_lines", "readable", ("UNK",), 3),
    ("prior_lines", "range", ("35",), 2),
    ("cga_xuln", "readable", ("élevée", "3.4"), 4),
    ("cga_xuln", "range", ("-1,2",), 2),
    ("hiaa_xuln", "readable", ("normal",), 3),
    ("hiaa_xuln", "range", ("-1",), 2),
)
"""The same for optional columns of the patients, where the cell is emptied and the patient stays."""


def _patients(planter: Planter) -> None:
    for column, kind, texts, number in PATIENTS:
        # Nothing that a grade or an age has to agree with is left to disagree: the spoilt cell is emptied.
        def given(row: Row, column: str = column) -> bool:
            return row.get(column) is not None

        rows = planter.choose("patients", planter.times(number), given)
        for place, row in enumerate(rows):
            planter.spoil(f"patients.{column}.{kind}", "patients", row, column, texts[place % len(texts)], "warning")

    def alone(row: Row) -> bool:
        """Return whether no row of an untreated patient has a defect of its own."""
        mine = [(t, r["_key"]) for t, rows in planter.of.items() for r in rows.get(row["_p"], []) if t != "patients"]
        return planter.person(row).group == "untreated" and not planter.used.intersection(mine)

    for column in ("centre", "patient_id"):
        for row in planter.choose("patients", planter.times(2), alone):
            planter.spoil(f"patients.{column}.required", "patients", row, column, None)
    for row in planter.choose("patients", planter.times(2), alone):
        # Two records of one patient that do not agree: neither can be believed.
        sex = planter.texts.cell("patients", row, "sex")
        key = _twin(planter, "patients", row, "sex", "1" if sex == "2" else "2")
        planter.follow(planter.manifest[-1]["defect_id"], "patients", row)
        planter.used.add(("patients", key))


def _references(planter: Planter) -> None:
    """Rows of patients who do not exist, in the tables whose rows cannot be given away without another finding."""
    for table, name in (("administrations", "A"), ("scans", "E"), ("lesions", "L")):
        for number, row in enumerate(planter.choose(table, planter.times(3), lambda r: _treated(planter, r))):
            strange = planter.add(table, row, **{KEYS[table]: planter.made.name(name)})
            planter.of[table][row["_p"]].remove(strange)
            dossier = NOBODY.format(80 + number)
            planter.edit(table, strange, "patient_id", dossier)
            planter.expect(
                planter.defect(), f"{table}.patient_id.reference", table, strange["_key"], "patient_id", "", dossier,
                "added row",
            )  # fmt: skip


def _twin(planter: Planter, table: str, row: Row, column: str, planted: str) -> int:
    """Copy a row with another value under the same name, and expect that both are kept out."""
    key = planter.copy(table, row)
    name = KEYS.get(table, "patient_id")
    cells = planter.texts.rows[table][key]
    original = cells[source_column(table, column)]
    cells[source_column(table, column)] = planted
    defect = planter.defect()
    for k, note in ((key, "added row"), (row["_key"], "pair")):
        planter.expect(defect, f"{table}.key.unique", table, k, name, original, planted, f"contradictory copy, {note}")
    return key


CONTRADICTED: dict[str, tuple[str, Callable[[Row], str]]] = {
    "administrations": ("activity_gbq", lambda r: "7,05" if r["activity_gbq"] != 7.05 else "7,15"),
    "scans": ("scan_date", lambda r: iso(r["scan_date"] - 3)),
    "lesions": ("site", lambda r: "SCL" if r["site"] != "supraclavicular" else "PEL"),
    "measurements": ("status", lambda r: "EQ" if r["status"] != "equivocal" else "P"),
    "uptake": ("krenning", lambda r: str((r["krenning"] + 1) % 4)),
    "symptoms": ("ctcae_grade", lambda r: str((r["ctcae_grade"] + 1) % 3)),
    "adverse_events": ("ctcae_grade", lambda r: "1" if r["ctcae_grade"] > 1 else "2"),
    "therapies": ("start_date", lambda r: iso(r["start_date"] - 17)),
    "follow_up": ("follow_up_date", lambda r: french(r["follow_up_date"] - 9)),
    "responses": ("response", lambda r: "NE" if r["response"] != "NE" else "SD"),
}
"""Column in which a copy contradicts its original, and what stands there."""


def exact_copy(planter: Planter, table: str, row: Row) -> None:
    """Enter a row twice, and expect that the second is kept out."""
    key = planter.copy(table, row)
    name = KEYS.get(table, "patient_id")
    planter.expect(planter.defect(), f"{table}.key.unique", table, key, name, note="exact copy, added row")


def _copies(planter: Planter, table: str) -> None:
    group, fits = PLACES[table]
    column, contradict = CONTRADICTED[table]
    for row in planter.choose(table, planter.times(2), lambda r: fits(planter, r), group):
        _twin(planter, table, row, column, contradict(row))
        planter.follow(planter.manifest[-1]["defect_id"], table, row)
    for row in planter.choose(table, planter.times(3), lambda r: fits(planter, r)):
        exact_copy(planter, table, row)
