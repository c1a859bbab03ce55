"""A second list of defects, of other kinds than the first: what registries hold without anybody having listed it.

It is planted alone, into a clean registry (`source.defects: other`), to score the rules on what they were not built on.
Each line of the manifest names its kind in `note`. Kinds that nothing in the registry contradicts have the rule `none`.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable

from .defects_clinical import dead
from .planter import Planter
from .records import Row
from .source import SCHEMA, iso, source_column, tenths

LONG, SHORT = "longest_diameter_um", "short_axis_um"
NONE = "none"
RULES = (
    "scans.assessment_order", "measurements.one_axis_copied", "lesions.site_of_another_organ",
    "lesions.site_of_other_sex", "follow_up.two_deaths", "markers.unit_jump",
)  # fmt: skip
"""Rules of which the standard list has no defect: they were added for kinds of this one."""
FACTOR = (8.2, 11.8)
"""Limits of a factor that is clearly ten."""


LOCAL = ("surgery_mesenteric", "embolisation", "ablation", "radiotherapy")
"""Treatments after which a reader who goes on as before contradicts the computed response."""


def settle(planter: Planter) -> None:
    """Take out of the clean records what is a finding without being planted.

    Of every lesion it is known whether it is a mesenteric mass, and nobody has recorded a response after a local
    treatment.
    """
    planter.silent |= {r["_p"] for r in planter.made.rows["therapies"] if r["type"] in LOCAL}
    planter.silence()
    for row in planter.made.rows["lesions"]:
        if row["mesenteric_mass"] is None:
            planter.edit("lesions", row, "mesenteric_mass", "N")


def plant(planter: Planter) -> None:
    """Plant every kind: first the habits of three whole centres, then the others elsewhere."""
    _centres(planter)
    _exchanged_days(planter)
    _centimetres(planter)
    _lost_comma(planter)
    _exchanged_scans(planter)
    _copied_with_a_digit(planter)
    _given_again(planter)
    _early_deaths(planter)
    _second_deaths(planter)
    _cells(planter)
    _units(planter)


def _treated(planter: Planter, row: Row) -> bool:
    return planter.person(row).group == "treated"


def _man(planter: Planter, row: Row) -> bool:
    return bool(planter.person(row).values["sex"] == "M")


def _write(planter: Planter, table: str, row: Row, column: str, value: object) -> tuple[str, str]:
    """Write a value as the source spells it; return what stood there and what stands there now."""
    planted = SCHEMA[table][2][source_column(table, column)].spell(value)
    original = planter.edit(table, row, column, planted)
    row[column] = value
    return original or "", planted or ""


def _expect(
    planter: Planter, kind: str, rule: str, table: str, rows: Iterable[Row], column: str, said: tuple[str, str],
    severity: str = "warning",
) -> None:  # fmt: skip
    """Expect one finding a row of one defect."""
    defect = planter.defect()
    for row in rows:
        planter.expect(defect, rule, table, row["_key"], column, *said, note=kind, severity=severity)


# ---- dates of scans ------------------------------------------------------------------------------------------


def _exchanged(day: int) -> int | None:
    """Return a date with day and month exchanged, if that is another date."""
    date = datetime.date.fromordinal(day)
    if date.day > 12 or date.day == date.month:
        return None
    return datetime.date(date.year, date.day, date.month).toordinal()


def _passed(planter: Planter, row: Row) -> int | None:
    """Return how many numbered assessments a scan passes if day and month are exchanged; None if it cannot be done."""
    moved = _exchanged(row["scan_date"])
    person = planter.person(row)
    if moved is None or row["_pet"] or row["_k"] < 1 or not person.origin < moved <= planter.cut:
        return None
    if planter.death(row) is not None and moved > (planter.death(row) or 0):
        return None
    others = [r for r in planter.of["scans"][row["_p"]] if r["_k"] >= 0 and planter.known("scans", r)]
    return sum(
        (r["_k"] < row["_k"] and r["scan_date"] > moved) or (r["_k"] > row["_k"] and r["scan_date"] < moved)
        for r in others
    )


def _exchanged_days(planter: Planter) -> None:
    for number, kind, rule, severity, seen in (
        (10, "day and month of a scan exchanged, past another assessment", "scans.assessment_order", "warning", True),
        (6, "day and month of a scan exchanged, between the same assessments", NONE, NONE, False),
    ):

        def fits(row: Row, seen: bool = seen) -> bool:
            passed = _passed(planter, row)
            return _treated(planter, row) and passed is not None and (passed > 0) == seen

        for row in planter.choose("scans", planter.times(number), fits, "course"):
            said = _write(planter, "scans", row, "scan_date", _exchanged(row["scan_date"]))
            _expect(planter, kind, rule, "scans", [row], "scan_date", said, severity)


# ---- sizes ---------------------------------------------------------------------------------------------------


def _neighbours(planter: Planter, row: Row) -> list[Row]:
    """Return the sized readings beside one; nothing if it is none of the third or later."""
    rows = planter.sized(row["lesion_id"])
    at = next((i for i, r in enumerate(rows) if r is row), 0)
    return [*rows[at - 1 : at], *rows[at + 1 : at + 2]] if at >= 2 else []


def _tenfold(planter: Planter, row: Row, sizes: dict[str, int]) -> bool:
    """Return whether new sizes differ clearly by ten from those beside."""
    beside = _neighbours(planter, row)
    return bool(beside) and all(
        FACTOR[0] <= max(size, r[c]) / max(1, min(size, r[c])) <= FACTOR[1] for r in beside for c, size in sizes.items()
    )


def _small(row: Row) -> dict[str, int]:
    return {c: round(row[c] / 10) for c in (LONG, SHORT)}


def _centimetres(planter: Planter) -> None:
    def sized(scan: Row) -> list[Row]:
        rows = [r for r in planter.of["measurements"][scan["_p"]] if r["scan_id"] == scan["scan_id"]]
        return [r for r in rows if r[LONG] is not None and r[SHORT] is not None]

    def fits(scan: Row) -> bool:
        rows = sized(scan)
        return _treated(planter, scan) and len(rows) >= 2 and all(_tenfold(planter, r, _small(r)) for r in rows)

    for scan in planter.choose("scans", planter.times(5), fits, "course"):
        rows = sized(scan)
        for row in rows:
            small = _small(row)
            said = [_write(planter, "measurements", row, c, small[c]) for c in (LONG, SHORT)][0]
        kind = "centimetres for millimetres on one scan"
        _expect(planter, kind, "measurements.tenfold_jump", "measurements", rows, LONG, said)


def _lost_comma(planter: Planter) -> None:
    def fits(row: Row) -> bool:
        fine = row[LONG] is not None and row[SHORT] is not None and 100 < row[LONG] < 390 and row[LONG] % 10
        return bool(_treated(planter, row) and fine and _tenfold(planter, row, {LONG: 10 * row[LONG]}))

    for row in planter.choose("measurements", planter.times(8), fits, "lesion"):
        said = _write(planter, "measurements", row, LONG, 10 * row[LONG])
        kind = "decimal comma lost in one reading"
        _expect(planter, kind, "measurements.tenfold_jump", "measurements", [row], LONG, said)


def _copied_with_a_digit(planter: Planter) -> None:
    def run(row: Row) -> list[Row]:
        rows = planter.sized(row["lesion_id"])
        at = next((i for i, r in enumerate(rows) if r is row), 0)
        return rows[at : at + 4] if at >= 1 else []

    def fits(row: Row) -> bool:
        rows = run(row)
        if len(rows) < 4 or not row[SHORT] or row[SHORT] % 10 == 0 or not _treated(planter, row):
            return False
        return row[LONG] > row[SHORT] + 40 and all(r[LONG] is not None for r in rows)

    for row in planter.choose("measurements", planter.times(6), fits, "lesion"):
        rows = run(row)
        for number, other in enumerate(rows[1:], 1):
            _write(planter, "measurements", other, SHORT, row[SHORT])
            said = _write(planter, "measurements", other, LONG, row[LONG] + (10, -10, 3)[number - 1])
        kind = "readings carried forward with a digit changed"
        _expect(planter, kind, "measurements.one_axis_copied", "measurements", rows[1:], SHORT, said)


# ---- records of another patient, cycles, deaths --------------------------------------------------------------


def _exchanged_scans(planter: Planter) -> None:
    def fits(row: Row) -> bool:
        read = [r for r in planter.of["measurements"][row["_p"]] if r["scan_id"] == row["scan_id"]]
        return _treated(planter, row) and not row["_pet"] and row["_k"] > 0 and bool(read)

    scans = planter.choose("scans", 2 * max(2, planter.times(3)), fits, "course")
    for one, other in zip(scans[::2], scans[1::2], strict=True):
        texts = [planter.texts.cell("scans", r, "patient_id") or "" for r in (one, other)]
        for row, text in ((one, texts[1]), (other, texts[0])):
            planter.edit("scans", row, "patient_id", text)
        rows = [
            r for s in (one, other) for r in planter.of["measurements"][s["_p"]] if r["scan_id"] == s["scan_id"]
        ]  # fmt: skip
        kind = "scans of two patients exchanged"
        said = (texts[0], texts[1])
        _expect(planter, kind, "measurements.other_patient", "measurements", rows, "patient_id", said, "error")


def _given_again(planter: Planter) -> None:
    def fits(row: Row) -> bool:
        days = [r["administration_date"] for r in planter.of["administrations"][row["_p"]]]
        return _treated(planter, row) and row["administration_date"] == max(days) < planter.cut and len(days) > 1

    for row in planter.choose("administrations", planter.times(6), fits, "course"):
        day = row["administration_date"] + 1
        again = planter.add(
            "administrations", row, administration_id=planter.made.name("A"), administration_date=day
        )  # fmt: skip
        said = ("", planter.texts.cell("administrations", again, "administration_date") or "")
        kind = "one cycle entered twice, a day apart"
        _expect(planter, kind, "administrations.interval", "administrations", [again], "administration_date", said)


def _death(planter: Planter, row: Row) -> bool:
    return _treated(planter, row) and row["vital_status"] == "dead" and dead(planter, row)


def _early_deaths(planter: Planter) -> None:
    def last_two(row: Row) -> list[Row]:
        scans = [r for r in planter.of["scans"][row["_p"]] if not r["_pet"] and planter.known("scans", r)]
        return sorted(scans, key=lambda r: r["scan_date"])[-2:]

    def fits(row: Row) -> bool:
        scans = last_two(row)
        return _death(planter, row) and len(scans) == 2 and scans[1]["scan_date"] - scans[0]["scan_date"] > 20

    for row in planter.choose("follow_up", planter.times(5), fits, "course"):
        last = last_two(row)[1]
        said = _write(planter, "follow_up", row, "follow_up_date", last["scan_date"] - 9)
        _expect(
            planter,
            "death dated before the last scan",
            "scans.after_death",
            "scans",
            [last],
            "scan_date",
            said,
            "error",
        )


def _second_deaths(planter: Planter) -> None:
    def fits(row: Row) -> bool:
        return _death(planter, row) and row["follow_up_date"] + 31 <= planter.cut

    for row in planter.choose("follow_up", planter.times(5), fits, "patient"):
        name, day = planter.made.name("S"), row["follow_up_date"] + 31
        other = planter.add("follow_up", row, follow_up_id=name, follow_up_date=day)
        said = ("", planter.texts.cell("follow_up", other, "follow_up_date") or "")
        _expect(
            planter,
            "two deaths of one patient",
            "follow_up.two_deaths",
            "follow_up",
            [row, other],
            "follow_up_date",
            said,
        )


# ---- single cells --------------------------------------------------------------------------------------------


def _cells(planter: Planter) -> None:
    """Spoil one cell: what is written, which rule has to see it."""

    def lesion(row: Row) -> bool:
        return _treated(planter, row) and row["role"] == "nontarget" and row["site"] == row["organ"] == "liver"

    def ovary(row: Row) -> bool:
        return _treated(planter, row) and row["organ"] == "ovary"

    def graded(row: Row) -> bool:
        return _treated(planter, row) and row["grade"] in ("G2", "G3") and (row["ki67_percent"] or 0) >= 3

    def born(row: Row) -> bool:
        return _treated(planter, row) and row["birth_year"] is not None and row["diagnosis_date"] is not None

    def visit(row: Row) -> bool:
        return _treated(planter, row)

    cells: tuple[tuple[str, str, str, str, str, int, Callable[[Row], bool], Callable[[Row], str]], ...] = (
        ("lesion moved to another organ", "lesions.site_of_another_organ", "lesions", "organ", "warning", 6, lesion,
         lambda r: "POU"),
        ("activity in MBq", "administrations.activity_gbq.range", "administrations", "activity_gbq", "error", 4, visit,
         lambda r: "7400"),
        ("Ki-67 as a fraction", "patients.grade_ki67_mismatch", "patients", "ki67_percent", "warning", 5, graded,
         lambda r: f"{r['ki67_percent'] / 100:.2f}".replace(".", ",")),
        ("year of birth a century early", "patients.birth_year.range", "patients", "birth_year", "warning", 4, born,
         lambda r: "18" + iso(r["birth_year"])[2:]),
        ("visit a century ahead", "symptoms.symptom_date.readable", "symptoms", "symptom_date", "error", 4, visit,
         lambda r: "21" + iso(r["symptom_date"])[2:]),
    )  # fmt: skip
    for kind, rule, table, column, severity, number, fits, text in cells:
        for row in planter.choose(table, planter.times(number), fits, "patient"):
            planted = text(row)
            original = planter.edit(table, row, column, planted) or ""
            _expect(planter, kind, rule, table, [row], column, (original, planted), severity)
    for row in planter.choose("lesions", planter.times(3), ovary, "course"):
        person = next(iter(planter.of["patients"][row["_p"]]))
        original = planter.edit("patients", person, "sex", "1") or ""
        rule, said = "lesions.site_of_other_sex", (original, "1")
        _expect(planter, "sex changed", rule, "lesions", [row], "site", said)
    for row in planter.choose("lesions", planter.times(5), lambda r: lesion(r) and _man(planter, r), "course"):
        original = [planter.edit("lesions", row, column, "OVA") for column in ("site", "organ")][0] or ""
        rule, said = "lesions.site_of_other_sex", (original, "OVA")
        _expect(planter, "an ovary entered for a man", rule, "lesions", [row], "site", said)


def _units(planter: Planter) -> None:
    def fits(row: Row) -> bool:
        mine = sorted(
            (
                r
                for r in planter.of["markers"][row["_p"]]
                if r["marker"] == row["marker"] and planter.known("markers", r)
            ),
            key=lambda r: r["marker_date"],
        )
        at = next((i for i, r in enumerate(mine) if r is row), 0)
        return _treated(planter, row) and 1 <= at < len(mine) - 1 and row["value"] >= 20

    for row in planter.choose("markers", planter.times(6), fits, "patient"):
        said = _write(planter, "markers", row, "value", round(row["value"] / 1000, 4))
        _expect(planter, "marker in another unit", "markers.unit_jump", "markers", [row], "value", said)


# ---- whole centres -------------------------------------------------------------------------------------------


def _centres(planter: Planter) -> None:
    """Give three centres a habit each: dates on the 1st or the 15th, sizes by 5 mm, no slice thickness."""
    made = planter.made
    sizes: dict[str, int] = {}
    for row in made.rows["measurements"]:
        sizes[made.people[row["_p"]].centre] = sizes.get(made.people[row["_p"]].centre, 0) + 1
    largest = sorted(sizes, key=lambda c: (-sizes[c], c))[:3]
    for centre, habit in zip(largest, (_by_five, _without_slices, _heaped), strict=False):
        habit(planter, centre)
        planter.used |= {("whole", place) for place, p in enumerate(made.people) if p.centre == centre}


def _habit(planter: Planter, centre: str, rule: str, table: str, column: str, kind: str) -> None:
    """Expect a finding of a whole centre: the key of the manifest is the centre."""
    defect = planter.defect()
    planter.expect(defect, rule, table, 0, column, note=kind, severity="warning")
    planter.manifest[-1]["source_key"] = centre


def _of(planter: Planter, table: str, centre: str) -> list[Row]:
    return [r for r in planter.made.rows[table] if planter.person(r).centre == centre]


def _by_five(planter: Planter, centre: str) -> None:
    for row in _of(planter, "measurements", centre):
        for column in (LONG, SHORT):
            if row[column] is not None:
                value = max(50, 50 * round(row[column] / 50))
                planter.edit("measurements", row, column, tenths(value))
    for column in (LONG, SHORT):
        _habit(planter, centre, "registry.digit_preference", "measurements", column, "a centre rounds sizes to 5 mm")


def _without_slices(planter: Planter, centre: str) -> None:
    for row in _of(planter, "scans", centre):
        planter.edit("scans", row, "slice_thickness_mm", None)
    _habit(
        planter, centre, "registry.missing_values", "scans", "slice_thickness_mm", "a centre without slice thickness"
    )


def _heaped(planter: Planter, centre: str) -> None:
    for row in _of(planter, "symptoms", centre):
        date = datetime.date.fromordinal(row["symptom_date"])
        planter.edit("symptoms", row, "symptom_date", iso(date.replace(day=15 if date.day >= 15 else 1).toordinal()))
    _habit(
        planter, centre, "registry.date_heaping", "symptoms", "symptom_date", "a centre dates visits on the 1st or 15th"
    )
