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
    "habits.title": "Digit preference of sizes and heaping of dates",
    "habits.digits": "Last digit of sizes",
    "habits.days": "Day of the month of dates",
    "habits.digits.place": "last digit of whole millimetres",
    "habits.days.place": "day of the month",
    "habits.digits.share": "% of sizes",
    "habits.days.share": "% of dates",
    "habits.digits.centres": "Sizes that end in 0 or 5 mm",
    "habits.days.centres": "Dates on the 1st or the 15th",
    "habits.percent": "%",
    "habits.all": "all",
    "habits.few": "too few to show",
    "habits.empty": "The registry has no size and no date",
    "habits.note": (
        "Red lines: the share where nobody prefers any. Dashed: the limit of the study file, asked of each column by"
        " itself; diamonds are over it with all columns together."
        " Hatched bars: the values that people round to. All sizes, and all dates, taken together; numbers that rest on"
        " fewer than {few} are not shown."
    ),
    "habits.more": "{what}: shown are the {drawn} of {centres} centres with the largest shares.",
    "habits.alt": "Bars of last digits and days of the month, and points of centres. {said}",
    "habits.alt.whole": "{what}: {share} at the preferred values in the whole registry, {expected} by chance.",
    "habits.alt.worst": "At most {share}, in {centre}.",
    "habits.caption": (
        "How often sizes end in 0 or 5 mm, and dates are the 1st or the 15th, in the registry and by centre."
    ),
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
    "habits.title": "Préférence de chiffres des tailles et regroupement des dates",
    "habits.digits": "Dernier chiffre des tailles",
    "habits.days": "Jour du mois des dates",
    "habits.digits.place": "dernier chiffre des millimètres entiers",
    "habits.days.place": "jour du mois",
    "habits.digits.share": "% des tailles",
    "habits.days.share": "% des dates",
    "habits.digits.centres": "Tailles finissant par 0 ou 5 mm",
    "habits.days.centres": "Dates au 1er ou au 15 du mois",
    "habits.percent": "%",
    "habits.all": "tous",
    "habits.few": "trop peu à montrer",
    "habits.empty": "Le registre n'a ni taille ni date",
    "habits.note": (
        "Traits rouges : la part quand personne n'a de préférence. Tirets : la limite du fichier d'étude, appliquée à"
        " chaque colonne ; les losanges la dépassent, toutes colonnes réunies. Barres hachurées : les valeurs"
        " auxquelles on arrondit. Toutes les tailles, et toutes les dates, ensemble ; les nombres qui reposent sur"
        " moins de {few} ne sont pas montrés."
    ),
    "habits.more": "{what} : montrés, les {drawn} centres sur {centres} aux parts les plus grandes.",
    "habits.alt": "Barres des derniers chiffres et des jours du mois, et points des centres. {said}",
    "habits.alt.whole": "{what} : {share} aux valeurs préférées dans le registre entier, {expected} par hasard.",
    "habits.alt.worst": "Au plus {share}, dans {centre}.",
    "habits.caption": (
        "Part des tailles finissant par 0 ou 5 mm, et des dates au 1er ou au 15, dans le registre et par centre."
    ),
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
