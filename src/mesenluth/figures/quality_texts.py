"""The words of figures about data quality, in English and French."""

from __future__ import annotations

ENGLISH: dict[str, str] = {
    "quality_map.title": "Data quality by centre",
    "quality_map.note": (
        "Numbers: percent of cells or rows, from 1 % on; the darker, the more. Hatched: too few to"
        " show, or nothing to look at."
    ),
    "quality_map.more": "Shown: the {drawn} of {centres} centres with the largest shares.",
    "quality_map.all": "all",
    "quality_map.empty": "The registry has no row",
    "quality_map.completeness": "Values missing",
    "quality_map.conformance": "Against the contract",
    "quality_map.plausibility": "Implausible rows",
    "quality_map.alt": "Heat map of data quality in {centres} centres. {panels}",
    "quality_map.alt.panel": "{category}: at most {share}, in {table} of {centre}.",
    "quality_map.caption": "Data quality by centre and table of the registry, before anything was kept out.",
    "table.patients": "patients",
    "table.administrations": "administrations",
    "table.scans": "scans",
    "table.lesions": "lesions",
    "table.measurements": "measurements",
    "table.uptake": "uptake",
    "table.symptoms": "symptoms",
    "table.adverse_events": "adverse events",
    "table.therapies": "therapies",
    "table.follow_up": "follow-up",
    "table.responses": "responses",
    "table.markers": "markers",
}

FRENCH: dict[str, str] = {
    "quality_map.title": "Qualité des données par centre",
    "quality_map.note": (
        "Nombres : pour cent des cellules ou des lignes, à partir de 1 % ; plus c'est foncé, plus il y en a."
        " Hachuré : trop peu à montrer, ou rien à examiner."
    ),
    "quality_map.more": "Montrés : les {drawn} centres sur {centres} aux parts les plus grandes.",
    "quality_map.all": "tous",
    "quality_map.empty": "Le registre n'a aucune ligne",
    "quality_map.completeness": "Valeurs manquantes",
    "quality_map.conformance": "Contraires au contrat",
    "quality_map.plausibility": "Lignes peu plausibles",
    "quality_map.alt": "Carte de la qualité des données dans {centres} centres. {panels}",
    "quality_map.alt.panel": "{category} : au plus {share}, dans {table} de {centre}.",
    "quality_map.caption": "Qualité des données par centre et par table du registre, avant toute mise à l'écart.",
    "table.patients": "patients",
    "table.administrations": "administrations",
    "table.scans": "examens",
    "table.lesions": "lésions",
    "table.measurements": "mesures",
    "table.uptake": "fixation",
    "table.symptoms": "symptômes",
    "table.adverse_events": "effets indésirables",
    "table.therapies": "traitements",
    "table.follow_up": "suivi",
    "table.responses": "réponses",
    "table.markers": "marqueurs",
}
