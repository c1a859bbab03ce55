"""The words of the figure of the sensitivity grid, in English and French."""

from __future__ import annotations

ENGLISH: dict[str, str] = {
    "sensitivity.title": "What other definitions would change",
    "sensitivity.study": "Study as it is",
    "sensitivity.estimate": "{endpoint}, {compartment}",
    "sensitivity.median": "{endpoint}, {compartment}, median",
    "sensitivity.share": "{numerator}/{denominator} ({percent} %)",
    "sensitivity.percent": "%",
    "sensitivity.months": "mo",
    "sensitivity.growth_before": "before",
    "sensitivity.growth_early": "under treatment",
    "sensitivity.growth_change": "change",
    "sensitivity.growth_before.unit": "%/mo",
    "sensitivity.growth_early.unit": "%/mo",
    "sensitivity.growth_change.unit": "%/mo",
    "sensitivity.not_reached": "n.r.",
    "sensitivity.none": "n.e.",
    "sensitivity.primary_heading": "Primary endpoint",
    "sensitivity.heading.primary": "Definitions that move the primary endpoint",
    "sensitivity.heading.other": "Definitions that move other endpoints only",
    "sensitivity.how": (
        "Each row is the whole study computed once more with this definition in place of the study's. Left: the primary"
        " estimate with its interval; dashed, the study's own. Right: by how much each other estimate changes, in"
        " the unit of its column; where it can only be estimated by one of the two, its value (n.r.: not reached;"
        " n.e.: not estimable). ○: the same estimate with other counts or limits. ·: no change."
    ),
    "sensitivity.no_rows": "For lack of room, {n} more definitions stand in the table alone.",
    "sensitivity.no_columns": "For lack of room, these estimates stand in the table alone: {names}.",
    "sensitivity.no_columns.unnamed": "For lack of room, {n} more estimates stand in the table alone.",
    "sensitivity.still": "Moved by no definition: {estimates}.",
    "sensitivity.detail": "These move no estimate, only counts or limits ({n}): {names}.",
    "sensitivity.nothing": "These change nothing that is printed ({n}): {names}.",
    "sensitivity.detail.unnamed": "Definitions that move no estimate, only counts or limits: {n}, all in the table.",
    "sensitivity.nothing.unnamed": "Definitions that change nothing that is printed: {n}, all in the table.",
    "sensitivity.semicolon": "; ",
    "sensitivity.empty": "No definition moves an estimate",
    "sensitivity.alt": (
        "Grid of definitions chosen another way and of the estimates they change. {estimate}: {own} in the study."
        " Definitions that move it: {primary}. {moves} Definitions that move another estimate: {other}; only counts or"
        " limits: {detail}; nothing that is printed: {nothing}."
    ),
    "sensitivity.alt.row": "{label}: {value}.",
    "sensitivity.caption": "Which definitions of the study move which estimates, and by how much.",
}

FRENCH: dict[str, str] = {
    "sensitivity.title": "Ce que d'autres définitions changeraient",
    "sensitivity.study": "L'étude telle quelle",
    "sensitivity.estimate": "{endpoint} ({compartment})",
    "sensitivity.median": "{endpoint} ({compartment}), médiane",
    "sensitivity.share": "{numerator}/{denominator} ({percent} %)",
    "sensitivity.percent": "%",
    "sensitivity.months": "mois",
    "sensitivity.growth_before": "avant",
    "sensitivity.growth_early": "sous traitement",
    "sensitivity.growth_change": "variation",
    "sensitivity.growth_before.unit": "%/mois",
    "sensitivity.growth_early.unit": "%/mois",
    "sensitivity.growth_change.unit": "%/mois",
    "sensitivity.not_reached": "n.a.",
    "sensitivity.none": "n.e.",
    "sensitivity.primary_heading": "Critère principal",
    "sensitivity.heading.primary": "Définitions qui modifient le critère principal",
    "sensitivity.heading.other": "Définitions qui ne modifient que d'autres critères",
    "sensitivity.how": (
        "Chaque ligne est l'étude entière recalculée avec cette définition au lieu de celle de l'étude. À gauche :"
        " l'estimation principale et son intervalle ; en tirets, celle de l'étude. À droite : de combien change chaque"
        " autre estimation, dans l'unité de sa colonne ; si elle n'existe que d'un côté, sa valeur (n.a. : non"
        " atteinte ; n.e. : non estimable). ○ : même estimation, autres effectifs ou limites. · : sans changement."
    ),
    "sensitivity.no_rows": "Faute de place, {n} autres définitions ne sont que dans la table.",
    "sensitivity.no_columns": "Faute de place, ces estimations ne sont que dans la table : {names}.",
    "sensitivity.no_columns.unnamed": "Faute de place, {n} autres estimations ne sont que dans la table.",
    "sensitivity.still": "Modifiées par aucune définition : {estimates}.",
    "sensitivity.detail": "Ne changent aucune estimation, seulement effectifs ou limites ({n}) : {names}.",
    "sensitivity.nothing": "Ne changent rien de ce qui est imprimé ({n}) : {names}.",
    "sensitivity.detail.unnamed": "Sans effet sur les estimations, sauf effectifs ou limites : {n}, dans la table.",
    "sensitivity.nothing.unnamed": "Définitions qui ne changent rien de ce qui est imprimé : {n}, dans la table.",
    "sensitivity.semicolon": " ; ",
    "sensitivity.empty": "Aucune définition ne modifie une estimation",
    "sensitivity.alt": (
        "Grille des définitions choisies autrement et des estimations qu'elles changent. {estimate} : {own} dans"
        " l'étude. Définitions qui la modifient : {primary}. {moves} Définitions qui modifient une autre estimation :"
        " {other} ; seulement des effectifs ou limites : {detail} ; rien de ce qui est imprimé : {nothing}."
    ),
    "sensitivity.alt.row": "{label} : {value}.",
    "sensitivity.caption": "Quelles définitions de l'étude modifient quelles estimations, et de combien.",
}
