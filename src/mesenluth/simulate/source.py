"""The registry's own tables: French names, codes and spellings, as a mapping has to read them.

`studies/mappings/synthetic.yaml` is the way back. Beside what is mapped stands what must never be taken in: hospital
numbers, full birth dates and free text with telephone numbers and initials (all of them invented).
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import numpy as np

from .records import Records, Row

Text = str | None
YES_NO = {True: "O", False: "N"}
UNKNOWN = "9"
"""Spelling of a yes-or-no value that is known not to be known."""
FIRST_KEY = 1_000_001
"""Keys have one width, so that they sort the same as numbers and as text."""


@dataclass(frozen=True)
class Field:
    """One column of a source table: the canonical column it holds, how a value is spelt, whether it is yes or no.

    `later` says that the column came after the first version: how its gaps are spelt moves no other one's.
    `added` is a column that is filled when the rest is spelt already: until then it is empty.
    """

    column: str
    spell: Callable[[Any], Text]
    flag: bool = False
    later: bool = False
    added: bool = False


def iso(ordinal: int) -> str:
    """Spell a date as 2019-07-04."""
    return datetime.date.fromordinal(ordinal).isoformat()


def french(ordinal: int) -> str:
    """Spell a date as 04/07/2019."""
    return datetime.date.fromordinal(ordinal).strftime("%d/%m/%Y")


def tenths(value: int) -> str:
    """Spell tenths of a millimetre as millimetres with a decimal comma."""
    return f"{value // 10},{value % 10}"


def comma(value: float) -> str:
    """Spell a number with a decimal comma, without trailing zeros."""
    return f"{value:g}".replace(".", ",")


def _coded(codes: dict[Any, str]) -> Callable[[Any], Text]:
    return lambda value: codes[value]


def _flag(column: str) -> Field:
    return Field(column, _coded(YES_NO), flag=True)


TOPOGRAPHY = {
    "ileum": "C17.2", "jejunum": "C17.1", "small_intestine": "C17.9", "duodenum": "C17.0", "appendix": "C18.1",
    "colon": "C18.9", "stomach": "C16.9", "pancreas": "C25.9", "lung": "C34.9", "unknown": "C80.9", "other": "C26.9",
}  # fmt: skip
STAGES = {"localised": "L", "locally_advanced": "LA", "metastatic": "M"}
PRODUCTS = {"177Lu-DOTATATE": "LUT", "177Lu-edotreotide": "EDO"}
MODALITIES = {
    "CT": "TDM",
    "MRI": "IRM",
    "PET-CT": "TEP",
    "PET-MRI": "TEP-IRM",
    "scintigraphy": "SCINTI",
    "SPECT-CT": "TEMP",
    "ultrasound": "ECHO",
}
REGIONS = {"thorax_abdomen_pelvis": "TAP", "whole_body": "CE", "abdomen": "ABD"}
ROLES = {"target": "C", "nontarget": "NC", "new": "N"}
SITES = {
    "mesentery": "MES", "liver": "FOI", "retroperitoneum": "RPT", "mediastinum": "MED", "pelvis": "PEL",
    "supraclavicular": "SCL", "lung": "POU", "ovary": "OVA", "pancreas": "PAN", "spleen": "RAT", "bone": "OS",
    "peritoneum": "PER", "adrenal": "SUR",
}  # fmt: skip
ORGANS = {
    "lymph_node": "GGL", "liver": "FOI", "lung": "POU", "ovary": "OVA", "pancreas": "PAN", "spleen": "RAT",
    "bone": "OS", "peritoneum": "PER", "adrenal": "SUR",
}  # fmt: skip
STATES = {
    "measured": "M", "absent": "A", "too_small": "TP", "not_evaluable": "NE", "present": "P",
    "unequivocal_progression": "PNE", "equivocal": "EQ",
}  # fmt: skip
SYMPTOMS = {
    "abdominal_pain": "DOUL", "postprandial_pain": "DPP", "bloating": "BALL", "subocclusive_episode": "SUBO",
    "weight_loss": "AMAI", "nausea": "NAUS", "diarrhoea": "DIAR", "flushing": "FLUSH", "fatigue": "ASTH",
}  # fmt: skip
EVENTS = {
    "small_intestinal_obstruction": "OCCL", "mesenteric_ischaemia": "ISCH", "small_intestinal_perforation": "PERF",
    "gastrointestinal_haemorrhage": "HEMO", "ileus": "ILEU", "abdominal_pain": "DOUL",
    "lymphocyte_count_decreased": "LYMP", "platelet_count_decreased": "THRO", "anaemia": "ANEM", "fatigue": "ASTH",
    "nausea": "NAUS", "creatinine_increased": "CREA", "hepatic_enzyme_increased": "CYTO", "ascites": "ASCI",
}  # fmt: skip
SYSTEMS = {
    "gastrointestinal": "DIG", "haematological": "HEM", "renal": "REN", "hepatic": "HEP", "vascular": "VAS",
    "general": "GEN", "other": "AUT",
}  # fmt: skip
THERAPIES = {
    "somatostatin_analogue": "ASS", "everolimus": "EVE", "sunitinib": "SUN", "chemotherapy": "CT", "interferon": "IFN",
    "embolisation": "EMB", "ablation": "ABL", "radiotherapy": "RT", "surgery_primary": "CHP",
    "surgery_mesenteric": "CHM", "surgery_other": "CHA", "prrt_other": "RIV", "other": "AUT",
}  # fmt: skip
INTENTS = {"anticancer": "AC", "symptom_control": "SY"}
VITAL = {"alive": "V", "dead": "D", "lost": "PDV"}
CAUSES = {"disease": "M", "treatment": "T", "other": "A", "unknown": "I"}
KINDS = {"overall": "G", "target": "C", "nontarget": "NC", "clinical": "CL"}
MARKERS = {"chromogranin_a": "CGA", "5_hiaa": "5HIAA", "nse": "NSE", "pancreastatin": "PST", "neurokinin_a": "NKA",
           "other": "AUT"}  # fmt: skip
SPECIMENS = {"serum": "S", "plasma": "P", "urine": "U", "other": "A"}
SYMPTOM_CAUSES = {
    "carcinoid_syndrome": "SC", "mechanical": "MEC", "bile_acid": "BIL", "somatostatin_analogue": "ASS",
    "unknown": "IND",
}  # fmt: skip

DOSSIER = Field("patient_id", str)
SCHEMA: dict[str, tuple[str, str, dict[str, Field]]] = {
    "patients": ("patient", "id_patient", {
        "num_dossier": DOSSIER,
        "code_centre": Field("centre", str),
        "sexe": Field("sex", _coded({"M": "1", "F": "2"})),
        "date_naissance": Field("birth_year", iso),
        "date_diagnostic": Field("diagnosis_date", iso),
        "date_inclusion": Field("registration_date", iso),
        "topographie": Field("primary_site", _coded(TOPOGRAPHY)),
        "stade": Field("stage", _coded(STAGES)),
        "grade": Field("grade", str),
        "ki67": Field("ki67_percent", comma),
        "fonctionnelle": _flag("functioning"),
        "syndrome_carcinoide": _flag("carcinoid_syndrome"),
        "ecog": Field("ecog", str),
        "primitif_opere": _flag("primary_resected"),
        "nb_lignes": Field("prior_lines", str),
        "cga": Field("cga_xuln", comma),
        "hiaa": Field("hiaa_xuln", comma),
        "commentaire": Field("_comment", str),
    }),
    "administrations": ("administration", "id_saisie", {
        "id_cure": Field("administration_id", str),
        "num_dossier": DOSSIER,
        "numero_cure": Field("cycle_number", str),
        "date_cure": Field("administration_date", french),
        "produit": Field("product", lambda v: PRODUCTS.get(v, v)),
        "activite_gbq": Field("activity_gbq", comma),
        "commentaire": Field("_comment", str),
    }),
    "scans": ("examen", "id_saisie", {
        "id_examen": Field("scan_id", str),
        "num_dossier": DOSSIER,
        "date_examen": Field("scan_date", iso),
        "bilan": Field("assessment", str),
        "modalite": Field("modality", _coded(MODALITIES)),
        "epaisseur_coupe": Field("slice_thickness_mm", comma),
        "injection": _flag("contrast"),
        "region": Field("body_region", _coded(REGIONS)),
        "compte_rendu": Field("_comment", str),
    }),
    "lesions": ("lesion", "id_saisie", {
        "id_lesion": Field("lesion_id", str),
        "num_dossier": DOSSIER,
        "type_lesion": Field("role", _coded(ROLES)),
        "localisation": Field("site", _coded(SITES)),
        "organe": Field("organ", _coded(ORGANS)),
        "ganglion": _flag("nodal"),
        "masse_mesenterique": _flag("mesenteric_mass"),
        "retractile": _flag("retractile"),
        "traitement_local": _flag("prior_local_therapy"),
        "fragment_de": Field("split_from", str),
        "fusion_avec": Field("merged_into", str),
        "date_fusion": Field("merged_date", french),
    }),
    "measurements": ("mesure", "id_saisie", {
        "id_mesure": Field("measurement_id", str),
        "num_dossier": DOSSIER,
        "id_lesion": Field("lesion_id", str),
        "id_examen": Field("scan_id", str),
        "statut": Field("status", _coded(STATES)),
        "grand_axe": Field("longest_diameter_um", tenths),
        "petit_axe": Field("short_axis_um", tenths),
        "densite_uh": Field("density_hu", tenths, added=True),
    }),
    "uptake": ("fixation", "id_saisie", {
        "id_fixation": Field("uptake_id", str),
        "num_dossier": DOSSIER,
        "id_lesion": Field("lesion_id", str),
        "id_examen": Field("scan_id", str),
        "traceur": Field("tracer", str),
        "krenning": Field("krenning", str),
        "suvmax": Field("suvmax", comma),
        "suv_foie": Field("liver_suvmean", comma),
        "sul_pic": Field("sulpeak", comma, later=True),
        "sul_foie": Field("liver_sulmean", comma, later=True),
        "categorie": Field("category", str, later=True),
    }),
    "symptoms": ("symptome", "id_saisie", {
        "id_symptome": Field("symptom_id", str),
        "num_dossier": DOSSIER,
        "date_visite": Field("symptom_date", iso),
        "symptome": Field("term", _coded(SYMPTOMS)),
        "grade": Field("ctcae_grade", str),
        "imputable_masse": _flag("mesenteric"),
        "cause": Field("cause", _coded(SYMPTOM_CAUSES), later=True),
    }),
    "adverse_events": ("evenement_indesirable", "id_saisie", {
        "id_ei": Field("adverse_event_id", str),
        "num_dossier": DOSSIER,
        "terme": Field("term", _coded(EVENTS)),
        "appareil": Field("category", _coded(SYSTEMS)),
        "date_debut": Field("start_date", french),
        "date_fin": Field("end_date", french),
        "grade": Field("ctcae_grade", str),
        "imputable_masse": _flag("mesenteric"),
    }),
    "therapies": ("traitement", "id_saisie", {
        "id_traitement": Field("therapy_id", str),
        "num_dossier": DOSSIER,
        "type_traitement": Field("type", _coded(THERAPIES)),
        "date_debut": Field("start_date", iso),
        "date_fin": Field("end_date", iso),
        "intention": Field("intent", _coded(INTENTS)),
    }),
    "follow_up": ("suivi", "id_saisie", {
        "id_suivi": Field("follow_up_id", str),
        "num_dossier": DOSSIER,
        "date_nouvelles": Field("follow_up_date", french),
        "etat_vital": Field("vital_status", _coded(VITAL)),
        "cause_deces": Field("cause_of_death", _coded(CAUSES)),
    }),
    "responses": ("reponse", "id_saisie", {
        "id_reponse": Field("response_id", str),
        "num_dossier": DOSSIER,
        "date_evaluation": Field("response_date", iso),
        "bilan": Field("assessment", str),
        "type_reponse": Field("kind", _coded(KINDS)),
        "reponse": Field("response", str),
    }),
    "markers": ("marqueur", "id_saisie", {
        "id_dosage": Field("marker_id", str),
        "num_dossier": DOSSIER,
        "date_dosage": Field("marker_date", iso),
        "marqueur": Field("marker", _coded(MARKERS)),
        "valeur": Field("value", comma),
        "limite_sup": Field("upper_limit", comma),
        "unite": Field("measured_in", str),
        "prelevement": Field("specimen", _coded(SPECIMENS), later=True),
    }),
}  # fmt: skip
"""Canonical table -> source table, its key column, and source column -> what it holds."""

GAPS: tuple[Text, ...] = (None, None, None, "", "NA", "ND")
"""Spellings of a missing value."""

NOTES = (
    "Patient joint au 06 39 98 {n:02d} {m:02d}, accord pour le suivi",
    "Courrier adressé au médecin traitant (Dr {a}.{b}.)",
    "Fille de la patiente ({b}.{a}.) à prévenir : 01 99 00 {m:02d} {n:02d}",
    "Dossier relu en RCP, initiales {a}.{b}.",
    "Rappeler le 06 39 98 {m:02d} {n:02d} après 18 h",
)
"""Free text as registries hold it. The telephone numbers are of the ranges kept free for fiction."""


NOTED = {"patients": 0.3, "administrations": 0.06, "scans": 0.08}
"""Share of the rows with a free text."""


def source_column(table: str, column: str) -> str:
    """Return the source column that holds a canonical column."""
    return next(name for name, f in SCHEMA[table][2].items() if f.column == column)


def note(rng: np.random.Generator) -> str:
    """Draw a free text with an invented telephone number or initials."""
    letters = "ABCDEFGHJKLMNPRSTVY"
    return NOTES[int(rng.integers(len(NOTES)))].format(
        n=int(rng.integers(100)), m=int(rng.integers(100)),
        a=letters[int(rng.integers(len(letters)))], b=letters[int(rng.integers(len(letters)))],
    )  # fmt: skip


class Texts:
    """The source tables as text: source table -> key -> row.

    Attributes
    ----------
    rows : dict of str to dict of int to dict of str to str or None
        By canonical table and key.
    """

    def __init__(self, rng: np.random.Generator, made: Records) -> None:
        self.rows: dict[str, dict[int, dict[str, Text]]] = {}
        self._dossiers = [p.dossier for p in made.people]
        self._gaps = cycle([GAPS[i] for i in rng.integers(0, len(GAPS), 9973)])
        self._later_gaps = cycle(GAPS)
        for table, rows in made.rows.items():
            self.rows[table] = {}
            noted = rng.random(len(rows))
            for number, row in enumerate(rows):
                if noted[number] < NOTED.get(table, 0.0):
                    row["_comment"] = note(rng)
                key = made.people[row["_p"]].number if table == "patients" else FIRST_KEY + number
                row["_key"] = key
                self.rows[table][key] = self.spelt(table, row)
        self._last = {table: max(rows) for table, rows in self.rows.items()}

    def spelt(self, table: str, row: Row) -> dict[str, Text]:
        """Return a clean row as the source spells it."""
        out: dict[str, Text] = {}
        for name, f in SCHEMA[table][2].items():
            value = self._dossiers[row["_p"]] if f.column == "patient_id" else row.get(f.column)
            if value is not None:
                out[name] = f.spell(value)
            elif f.column == "_comment" or f.added:
                out[name] = None
            else:
                gap = next(self._later_gaps if f.later else self._gaps)
                out[name] = UNKNOWN if f.flag and gap is None else gap
        return out

    def add(self, table: str, text: dict[str, Text]) -> int:
        """Add a row under the next key and return the key."""
        key = self._last[table] = self._last[table] + 1
        self.rows[table][key] = text
        return key

    def cell(self, table: str, row: Row, column: str) -> Text:
        """Return the text of a cell, by canonical row and column."""
        return self.rows[table][row["_key"]][source_column(table, column)]
