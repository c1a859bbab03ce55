"""Plant a defect, and write down every finding it has to give.

Defects keep out of each other's way: a patient whose course is spoilt (a cycle, a scan, a lesion) has no other spoilt
course, and a reading is only spoilt where the readings beside it agree without it. So what is found beyond the
manifest is a false alarm.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np

from .disease import Lesion
from .people import Person
from .records import Records, Row, own
from .source import SCHEMA, Text, Texts, source_column

COLUMNS = (
    "defect_id", "rule", "severity", "table", "source_table", "source_key", "column", "original", "planted", "note",
)  # fmt: skip
CASCADE = "cascade"
"""Note of a finding that follows from another one of the same defect."""

DATES = {
    "administrations": "administration_date", "scans": "scan_date", "symptoms": "symptom_date",
    "adverse_events": "start_date", "therapies": "start_date", "follow_up": "follow_up_date",
    "responses": "response_date", "markers": "marker_date",
}  # fmt: skip
CHILDREN = {
    "scans": (("measurements", "scan_id"), ("uptake", "scan_id")),
    "lesions": (("measurements", "lesion_id"), ("uptake", "lesion_id")),
}
KEYS = {
    "administrations": "administration_id", "scans": "scan_id", "lesions": "lesion_id",
    "measurements": "measurement_id", "uptake": "uptake_id", "symptoms": "symptom_id",
    "adverse_events": "adverse_event_id", "therapies": "therapy_id", "follow_up": "follow_up_id",
    "responses": "response_id", "markers": "marker_id",
}  # fmt: skip
AGREE = (0.72, 1.45)
"""Two readings agree if the later one is within these shares of the earlier one, on both axes."""


class Planter:
    """Clean records, their spelling, and the manifest so far."""

    def __init__(self, rng: np.random.Generator, made: Records, texts: Texts) -> None:
        self.rng, self.made, self.texts = rng, made, texts
        self.cut = made.settings.cut.toordinal()
        self.manifest: list[dict[str, str]] = []
        self.spoilt: set[int] = set()
        self.touched: set[int] = set()
        self.used: set[tuple[str, Any]] = set()
        self.silent: set[int] = set()
        self.defects = 0
        self.scale = made.settings.patients / 1400
        self.scan_of = {r["scan_id"]: r for r in made.rows["scans"]}
        self.of: dict[str, dict[int, list[Row]]] = {}
        for table, rows in made.rows.items():
            mine: dict[int, list[Row]] = defaultdict(list)
            for row in rows:
                mine[row["_p"]].append(row)
            self.of[table] = mine
        self.readings: dict[str, list[Row]] = defaultdict(list)
        for row in made.rows["measurements"]:
            self.readings[row["lesion_id"]].append(row)
        for rows in self.readings.values():
            rows.sort(key=lambda r: r["_k"])

    # ---- who and what ----

    def times(self, number: int) -> int:
        """Return how often a kind of defect is planted in a registry of this size: its rate stays the same."""
        return int(number * self.scale + self.rng.random())

    def person(self, row: Row) -> Person:
        """Return the patient of a row."""
        return self.made.people[row["_p"]]

    def known(self, table: str, row: Row) -> bool:
        """Return whether a row counts: dated on or before the cut, if it has a date."""
        if table in ("measurements", "uptake"):
            row, table = self.scan_of[row["scan_id"]], "scans"
        return table not in DATES or row[DATES[table]] <= self.cut

    def death(self, row: Row) -> int | None:
        """Return the death of a row's patient if it is known at the cut."""
        day = self.person(row).death
        return day if day is not None and day <= self.cut else None

    def choose(
        self, table: str, number: int, fits: Callable[[Row], bool] | None = None, group: str = "row",
        included: bool = False,
    ) -> list[Row]:  # fmt: skip
        """Choose rows to spoil, and keep later defects away from them.

        Parameters
        ----------
        group : str
            What later defects keep away from: ``row``; ``patient`` (one in this table a patient); ``course`` (nothing
            else of the patient's cycles, scans, lesions and readings); ``lesion`` (nothing else of its readings).
        included : bool
            Whether the rows are of included patients; otherwise they are not.
        """
        found: list[Row] = []
        rows = self.made.rows[table]
        for at in self.rng.permutation(len(rows)):
            if len(found) == number:
                break
            row = rows[at]
            place = row["_p"]
            if (self.person(row).group == "eligible") != included or (table, row["_key"]) in self.used:
                continue
            if ("whole", place) in self.used or not self.known(table, row):
                continue
            if group == "course" and (place in self.spoilt or place in self.touched):
                continue
            if group == "lesion" and (place in self.spoilt or ("lesion", row["lesion_id"]) in self.used):
                continue
            if group == "patient" and (table + "/patient", place) in self.used:
                continue
            if fits is not None and not fits(row):
                continue
            self.reserve(table, row, group)
            found.append(row)
        return found

    def reserve(self, table: str, row: Row, group: str) -> None:
        """Keep later defects away from a row."""
        place = row["_p"]
        self.used.add((table, row["_key"]))
        if group == "course":
            self.spoilt.add(place)
            self.silent.add(place)
        elif group == "lesion":
            self.touched.add(place)
            self.silent.add(place)
            self.used.add(("lesion", row["lesion_id"]))
        elif group == "patient":
            self.used.add((table + "/patient", place))

    def sized(self, lesion_id: str) -> list[Row]:
        """Return the readings of a lesion that have both diameters and count, in order."""
        return [
            r for r in self.readings[lesion_id]
            if r["longest_diameter_um"] is not None and r["short_axis_um"] is not None and self.known("measurements", r)
        ]  # fmt: skip

    @staticmethod
    def agree(before: Row, after: Row) -> bool:
        """Return whether two readings could follow one another."""
        return all(AGREE[0] <= after[c] / before[c] <= AGREE[1] for c in ("longest_diameter_um", "short_axis_um"))

    def removable(self, row: Row) -> bool:
        """Return whether a reading after baseline can go without its neighbours disagreeing."""
        if row["_k"] < 1:
            return False
        rows = self.sized(row["lesion_id"])
        places = [i for i, r in enumerate(rows) if r is row]
        if not places or not 0 < places[0] < len(rows) - 1:
            return True
        return self.agree(rows[places[0] - 1], rows[places[0] + 1])

    def scan_removable(self, row: Row) -> bool:
        """Return whether a scan after baseline can go: no gap, and no reading is missed."""
        if row["_k"] < 1:
            return False
        days = sorted({r["scan_date"] for r in self.of["scans"][row["_p"]] if r is not row})
        later, earlier = [d for d in days if d >= row["scan_date"]], [d for d in days if d <= row["scan_date"]]
        if later and later[0] - earlier[-1] > self.made.settings.max_gap:
            return False
        read = [r for r in self.of["measurements"][row["_p"]] if r["scan_id"] == row["scan_id"]]
        return all(self.removable(r) for r in read)

    # ---- what is done ----

    def defect(self) -> str:
        """Return the name of the next defect."""
        self.defects += 1
        return f"D{self.defects:05d}"

    def expect(
        self, defect: str, rule: str, table: str, key: int, column: str = "", original: Text = "", planted: Text = "",
        note: str = "", severity: str = "error",
    ) -> None:  # fmt: skip
        """Write down a finding that a defect has to give; `column` is canonical."""
        name = source_column(table, column) if column else ""
        self.manifest.append(
            {
                "defect_id": defect,
                "rule": rule,
                "severity": severity,
                "table": table,
                "source_table": SCHEMA[table][0],
                "source_key": str(key),
                "column": name,
                "original": "" if original is None else original,
                "planted": "" if planted is None else planted,
                "note": note,
            }  # fmt: skip
        )

    def edit(self, table: str, row: Row, column: str, planted: Text) -> Text:
        """Write another text into a cell and return the one that stood there."""
        cells, name = self.texts.rows[table][row["_key"]], source_column(table, column)
        original, cells[name] = cells[name], planted
        return original

    def spoil(
        self, rule: str, table: str, row: Row, column: str, planted: Text, severity: str = "error", note: str = ""
    ) -> str:
        """Edit a cell, and expect the finding and what follows from it."""
        defect = self.defect()
        original = self.edit(table, row, column, planted)
        self.expect(defect, rule, table, row["_key"], column, original, planted, note, severity)
        if severity == "error":
            self.follow(defect, table, row)
        return defect

    def follow(self, defect: str, table: str, row: Row) -> None:
        """Expect that quarantine follows the references to a row."""
        for child, column in CHILDREN.get(table, ()):
            for other in self.of[child][row["_p"]]:
                if other[column] == row[column] and self.known(child, other):
                    self.expect(defect, f"{child}.{column}.reference", child, other["_key"], column, note=CASCADE)
        if table == "patients":
            self.used.add(("whole", row["_p"]))
            for child, mine in self.of.items():
                if child == "patients":
                    continue
                for other in mine.get(row["_p"], []):
                    if self.known(child, other):
                        self.expect(
                            defect, f"{child}.patient_id.reference", child, other["_key"], "patient_id", note=CASCADE
                        )

    def add(self, table: str, like: Row, **values: Any) -> Row:
        """Add a row like another one, with other values; a row of its own, known to later defects."""
        row = {**like, **values, "_comment": None}
        row["_key"] = self.texts.add(table, self.texts.spelt(table, row))
        self.used.add((table, row["_key"]))
        self.of[table][row["_p"]].append(row)
        if table == "scans":
            self.scan_of[row["scan_id"]] = row
        if table == "measurements":
            self.readings[row["lesion_id"]].append(row)
            self.readings[row["lesion_id"]].sort(key=lambda r: r["_k"])
        return row

    def copy(self, table: str, row: Row) -> int:
        """Add an exact copy of a row as it is spelt, and return its key."""
        return self.texts.add(table, dict(self.texts.rows[table][row["_key"]]))

    def drop(self, table: str, rows: list[Row]) -> None:
        """Take rows out of the registry, as if they had never been entered."""
        gone = {id(r) for r in rows}
        for row in rows:
            del self.texts.rows[table][row["_key"]]
        self.made.rows[table] = [r for r in self.made.rows[table] if id(r) not in gone]
        for place in {r["_p"] for r in rows}:
            self.of[table][place] = [r for r in self.of[table][place] if id(r) not in gone]
        if table == "measurements":
            for lesion in {r["lesion_id"] for r in rows}:
                self.readings[lesion] = [r for r in self.readings[lesion] if id(r) not in gone]

    def add_lesion(
        self, place: int, role: str, site: str, organ: str, sizes: tuple[int, int], first: int = -1, nodal: bool = False
    ) -> Row:
        """Add a lesion outside the mesentery that stays about as large as it is, read on every scan from `first` on."""
        pattern, person = self.of["lesions"][place][0], self.made.people[place]
        site, organ = own(site, person), own(organ, person)
        lesion = self.add(
            "lesions", pattern, lesion_id=self.made.name("L"), role=role, site=site, organ=organ, nodal=nodal,
            mesenteric_mass=False, retractile=None, prior_local_therapy=False, merged_into=None, merged_date=None,
            _x=Lesion(role, site, organ, nodal),
        )  # fmt: skip
        for number, scan in enumerate(sorted(self.of["scans"][place], key=lambda r: (r["_k"], r["_pet"]))):
            if scan["_pet"] or scan["_k"] < first:
                continue
            self.add(
                "measurements", {"_p": place}, measurement_id=self.made.name("M"), lesion_id=lesion["lesion_id"],
                scan_id=scan["scan_id"], status="measured", longest_diameter_um=sizes[0] + number % 3,
                short_axis_um=sizes[1] + number % 2, _k=scan["_k"], _x=lesion["_x"],
            )  # fmt: skip
        return lesion

    def silence(self) -> None:
        """Take out the recorded responses of patients whose readings were spoilt.

        A recorded response that no longer follows from the readings would be a finding of its own.
        """
        self.drop("responses", [r for r in self.made.rows["responses"] if r["_p"] in self.silent])

    def expected(self) -> list[dict[str, str]]:
        """Return the manifest, sorted."""
        return sorted(self.manifest, key=lambda m: (m["defect_id"], m["note"] != "", m["rule"], m["source_key"]))
