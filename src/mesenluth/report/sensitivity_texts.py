"""The words of the section on the sensitivity grid, in English and French."""

from __future__ import annotations

ENGLISH: dict[str, str] = {
    "sensitivity.title": "What other definitions would change",
    "sensitivity.empty": "The study varies no definition.",
    "sensitivity.intro": (
        "Each definition of the study was chosen another way, one at a time, and the study computed once more from the"
        " validated data. Variants: {n}; of these two definitions at once: {pairs}. The other settings stay as they"
        " are, so that a definition can only matter where the study uses it."
    ),
    "sensitivity.primary": "Primary endpoint, {estimate}: **{own}** in the study. Variants that move it: {n}{range}.",
    "sensitivity.range": ", to between {low} and {high}",
    "sensitivity.none": "Primary endpoint, {estimate}: **{own}** in the study. No variant moves it.",
    "sensitivity.others": "Variants that move another estimate: {n}; of these {both} move the primary one too.",
    "sensitivity.detail": "Variants that move no estimate, only counts or limits: {n} ({names}).",
    "sensitivity.nothing": "Variants that change nothing that is printed: {n} ({names}).",
    "sensitivity.definition": "Definition",
    "sensitivity.setting": "Setting",
    "sensitivity.value": "Value",
    "sensitivity.study_value": "In the study",
    "sensitivity.estimate": "Estimate",
    "sensitivity.difference": "Difference",
    "sensitivity.points": "{n} points",
    "sensitivity.months": "{n} months",
    "sensitivity.rate": "{n} points a month",
    "sensitivity.moves": "What it moves",
    "sensitivity.move": "{estimate}: {own} → {new}",
    "sensitivity.place": "{endpoint}, {compartment}",
    "sensitivity.median": "{endpoint}, {compartment}, median",
    "sensitivity.pairs": "Two definitions at once, beside each of them alone, on the estimates that they move:",
    "sensitivity.pair": "Pair",
    "sensitivity.first": "First alone",
    "sensitivity.second": "Second alone",
    "sensitivity.both": "Both",
    "sensitivity.semicolon": "; ",
}

FRENCH: dict[str, str] = {
    "sensitivity.title": "Ce que d'autres définitions changeraient",
    "sensitivity.empty": "L'étude ne fait varier aucune définition.",
    "sensitivity.intro": (
        "Chaque définition de l'étude a été choisie autrement, une à la fois, et l'étude recalculée depuis les données"
        " validées. Variantes : {n} ; dont deux définitions à la fois : {pairs}. Les autres réglages restent en place :"
        " une définition ne compte que là où l'étude s'en sert."
    ),
    "sensitivity.primary": (
        "Critère principal, {estimate} : **{own}** dans l'étude. Variantes qui le modifient : {n}{range}."
    ),
    "sensitivity.range": ", entre {low} et {high}",
    "sensitivity.none": "Critère principal, {estimate} : **{own}** dans l'étude. Aucune variante ne le modifie.",
    "sensitivity.others": (
        "Variantes qui modifient une autre estimation : {n} ; dont {both} modifient aussi le critère principal."
    ),
    "sensitivity.detail": "Variantes sans effet sur les estimations, sauf effectifs ou limites : {n} ({names}).",
    "sensitivity.nothing": "Variantes qui ne changent rien de ce qui est imprimé : {n} ({names}).",
    "sensitivity.definition": "Définition",
    "sensitivity.setting": "Réglage",
    "sensitivity.value": "Valeur",
    "sensitivity.study_value": "Dans l'étude",
    "sensitivity.estimate": "Estimation",
    "sensitivity.difference": "Différence",
    "sensitivity.points": "{n} points",
    "sensitivity.months": "{n} mois",
    "sensitivity.rate": "{n} points par mois",
    "sensitivity.moves": "Ce qu'elle modifie",
    "sensitivity.move": "{estimate} : {own} → {new}",
    "sensitivity.place": "{endpoint}, {compartment}",
    "sensitivity.median": "{endpoint}, {compartment}, médiane",
    "sensitivity.pairs": "Deux définitions à la fois, à côté de chacune seule, sur les estimations modifiées :",
    "sensitivity.pair": "Paire",
    "sensitivity.first": "La première seule",
    "sensitivity.second": "La seconde seule",
    "sensitivity.both": "Les deux",
    "sensitivity.semicolon": " ; ",
}
