"""Words that only the page has."""

from __future__ import annotations

ENGLISH: dict[str, str] = {
    "page.skip": "To the content",
    "page.contents": "Contents",
    "page.definitions": "Definitions and switches",
    "page.public": "Public page: numbers of groups only; nothing here is about one patient.",
    "page.internal": "Internal page: it holds the data of patients. Do not pass it on.",
    "page.footer": (
        "This page needs nothing but itself: it asks no network for anything. Folded tables are printed where they are"
        " open. Not a medical device: it computes what a study file defines and says how."
    ),
    "page.table": "{section}, table {n}",
    "page.folded": "Show the table of {rows} rows",
    "page.defined": "Definition",
    "page.note": "Note",
    "page.note_published": (
        "Denominator: the number after the stroke. Method: each computed figure is rounded to the digits that were"
        " published; it agrees where it is then the same. How each is defined stands below its name."
    ),
}

FRENCH: dict[str, str] = {
    "page.skip": "Aller au contenu",
    "page.contents": "Sommaire",
    "page.definitions": "Définitions et réglages",
    "page.public": "Page publique : des nombres de groupes seulement ; rien ici ne concerne un patient seul.",
    "page.internal": "Page interne : elle contient les données de patients. Ne pas la transmettre.",
    "page.footer": (
        "Cette page se suffit à elle-même : elle ne demande rien au réseau. Les tableaux repliés s'impriment s'ils sont"
        " ouverts. Ceci n'est pas un dispositif médical : il calcule ce qu'un fichier d'étude définit et dit comment."
    ),
    "page.table": "{section}, tableau {n}",
    "page.folded": "Montrer le tableau de {rows} lignes",
    "page.defined": "Définition",
    "page.note": "Remarque",
    "page.note_published": (
        "Dénominateur : le nombre après la barre. Méthode : chaque résultat calculé est arrondi aux chiffres publiés ;"
        " il concorde s'il est alors le même. La définition de chacun est sous son nom."
    ),
}
