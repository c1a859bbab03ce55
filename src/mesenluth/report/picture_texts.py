"""The words of the section on the picture of the registry, in English and French."""

from __future__ import annotations

ENGLISH: dict[str, str] = {
    "picture.title": "The registry's picture",
    "picture.intro": (
        "Completeness, conformance and plausibility of what was delivered, before anything was kept out (Kahn et al.,"
        " eGEMs 2016). A value that does not apply (a cause of death of the living) is not missed. By centre:"
        " `quality/picture.parquet` and the figure; centres with fewer than {few} values are not shown."
    ),
    "picture.category": "Category",
    "picture.items": "Fields or rules",
    "picture.checked": "Cells or rows looked at",
    "picture.failed": "Not as they should be",
    "picture.percent": "Share",
    "picture.completeness": "completeness: cells without a value",
    "picture.conformance": "conformance: cells and rows that break the table's contract",
    "picture.plausibility": "plausibility: rows that fail a range or a clinical rule",
    "picture.gaps": "The ten fields with the largest share missing:",
    "picture.no_gaps": "No value that is asked for is missing.",
    "picture.field": "Field",
    "picture.missing": "Missing",
    "picture.asked": "Asked",
    "picture.habits": (
        "What the values of a centre, or of the whole registry, show together (warnings; they keep nothing out):"
    ),
    "picture.no_habits": (
        "No centre, nor the registry as a whole, is over the limits for missing, rounded or heaped values."
    ),
    "picture.centre": "Centre",
    "picture.what": "What",
    "picture.all": "whole registry",
    "picture.limit": "Limit",
    "picture.registry.missing_values": "values missing",
    "picture.registry.digit_preference": "sizes that end in 0 or 5 mm (20 % without rounding)",
    "picture.registry.date_heaping": "dates on the 1st or 15th of a month (7 % by chance)",
    "picture.n": "Values",
    "picture.no_earlier": "No earlier cut of this study is registered, so there is nothing to compare this one with.",
    "picture.changes": (
        "Since the cut before: {appeared} records appeared, {changed} changed and {vanished} vanished"
        " (`quality/record_changes.parquet` names each)."
    ),
    "picture.drift": "Over the limits for drift between the cuts:",
    "picture.no_drift": "No code, completeness or distribution is over the limits for drift.",
    "picture.kind": "What changed",
    "picture.before": "Before",
    "picture.now": "Now",
    "picture.kind.rows": "rows lost",
    "picture.kind.completeness": "share with a value, %",
    "picture.kind.new_code": "new code {value}",
    "picture.kind.vanished_code": "code {value} is gone",
    "picture.kind.distribution": "distribution of what was added (stability index {psi})",
}

FRENCH: dict[str, str] = {
    "picture.title": "Le portrait du registre",
    "picture.intro": (
        "Complétude, conformité et plausibilité de ce qui a été livré, avant toute mise à l'écart (Kahn et al.,"
        " eGEMs 2016). Une valeur sans objet (la cause de décès d'un vivant) n'est pas comptée"
        " comme manquante. Par centre :"
        " `quality/picture.parquet` et la figure ; les centres de moins de {few} valeurs ne sont pas montrés."
    ),
    "picture.category": "Catégorie",
    "picture.items": "Champs ou règles",
    "picture.checked": "Cellules ou lignes examinées",
    "picture.failed": "Non conformes",
    "picture.percent": "Part",
    "picture.completeness": "complétude : cellules sans valeur",
    "picture.conformance": "conformité : cellules et lignes contraires au contrat de la table",
    "picture.plausibility": "plausibilité : lignes hors limites ou contraires à une règle clinique",
    "picture.gaps": "Les dix champs dont la part manquante est la plus grande :",
    "picture.no_gaps": "Aucune valeur demandée ne manque.",
    "picture.field": "Champ",
    "picture.missing": "Manquantes",
    "picture.asked": "Demandées",
    "picture.habits": (
        "Ce que montrent ensemble les valeurs d'un centre ou du registre (avertissements, rien n'est écarté) :"
    ),
    "picture.no_habits": (
        "Aucun centre, ni le registre entier, ne dépasse les limites de valeurs manquantes, arrondies ou groupées."
    ),
    "picture.centre": "Centre",
    "picture.what": "Quoi",
    "picture.all": "registre entier",
    "picture.limit": "Limite",
    "picture.registry.missing_values": "valeurs manquantes",
    "picture.registry.digit_preference": "tailles finissant par 0 ou 5 mm (20 % sans arrondi)",
    "picture.registry.date_heaping": "dates au 1er ou au 15 du mois (7 % par hasard)",
    "picture.n": "Valeurs",
    "picture.no_earlier": "Aucune extraction antérieure de cette étude n'est enregistrée : il n'y a rien à comparer.",
    "picture.changes": (
        "Depuis l'extraction précédente : {appeared} enregistrements apparus, {changed} modifiés"
        " et {vanished} disparus"
        " (`quality/record_changes.parquet` nomme chacun)."
    ),
    "picture.drift": "Au-delà des limites de dérive entre les extractions :",
    "picture.no_drift": "Aucun code, aucune complétude ni distribution ne dépasse les limites de dérive.",
    "picture.kind": "Ce qui a changé",
    "picture.before": "Avant",
    "picture.now": "Maintenant",
    "picture.kind.rows": "lignes perdues",
    "picture.kind.completeness": "part renseignée, %",
    "picture.kind.new_code": "nouveau code {value}",
    "picture.kind.vanished_code": "code {value} disparu",
    "picture.kind.distribution": "distribution des valeurs ajoutées (indice de stabilité {psi})",
}
