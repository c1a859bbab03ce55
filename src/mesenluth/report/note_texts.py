"""What stands below each table: who is counted, and how."""

from __future__ import annotations

ENGLISH: dict[str, str] = {
    "note.published": (
        "Denominator: the number after the stroke, else all included patients. Method: each computed figure is rounded"
        " to the digits that were published, and agrees where it is then the same; the definition names the rest."
    ),
    "note.flow": "Denominator: all patients of the registry at the cut. Method: count of patients by criterion.",
    "note.estimates": (
        "Denominator: the last number of the column Counted, or those at risk at that time. Method: as in its column;"
        " intervals are two-sided, tests as they say."
    ),
    "note.paired": (
        "Denominator: included patients with disease in both compartments, as the first line of each comparison counts"
        " them. Method: as in its column."
    ),
    "note.subgroups_responses": (
        "Denominator: the number after the stroke, included patients of that level. Method: the interval of the study"
        " file (statistics.proportion_interval)."
    ),
    "note.subgroups_times": (
        "Denominator: included patients of that level, as the column of events counts them. Method: Kaplan-Meier with"
        " the interval of the study file (statistics.km_interval); hazard ratio by Cox regression against the first"
        " level."
    ),
    "note.subgroup_tests": (
        "Denominator: included patients whose level is known. Method: as in its column; nothing is corrected for the"
        " number of tests."
    ),
    "note.heterogeneity": "Denominator: included patients of the centres compared. Method: as in its column.",
    "note.heterogeneity_centres": (
        "Denominator: the number after the stroke, included patients of the centre. Method: the interval of the study"
        " file (statistics.proportion_interval)."
    ),
    "note.growth": (
        "Denominator: n of each cell, included patients with a rate that counts; the tests are of those with both."
        " Method: median and quartiles; exact sign test and paired Wilcoxon test, two-sided."
    ),
    "note.sensitivity": (
        "Denominator: the number after the stroke, the patients that this definition includes. Method: everything is"
        " computed anew from the measurements, with the definition that is named and all others as in the study."
    ),
    "note.baseline": (
        "Denominator: n of each line, included patients whose value is known; those without one are counted beside it."
        " Method: median, quartiles (R's type 7) and range, or count and share."
    ),
    "note.centres": (
        "Denominator: included patients of the centre. Method: reverse Kaplan-Meier, in which a death ends the"
        " follow-up."
    ),
    "note.changes": (
        "Denominator: the patients of the endpoint, as the table of estimates counts them. Method: each patient's time"
        " by the study's rules is set beside that by the other set; patients with another date or status are counted."
    ),
    "note.definitions": (
        "Denominator: none, these are the definitions. Method: read from the study file of this run;"
        " docs/definitions.md gives each with its alternatives and its reason."
    ),
    "note.rows": (
        "Denominator: rows that were delivered. Method: count; a row is in one of the three columns after Read."
    ),
    "note.rules": (
        "Denominator: rows that the rule looked at. Method: count of rows that break it; one row can break several."
    ),
    "note.picture": (
        "Denominator: the values checked. Method: count of those that fail, in the categories of Kahn et al., 2016."
    ),
    "note.gate": (
        "Denominator: as the condition says, rows or tables. Method: each condition is judged against the limit of the"
        " study file."
    ),
    "note.effects": (
        "Denominator: rows and patients of the registry. Method: the endpoints are computed with the rows that the rule"
        " keeps out, and without them; patients whose result differs are counted."
    ),
    "note.gaps": "Denominator: rows for which the value is asked. Method: count of those without one.",
    "note.habits": "Denominator: n, values of the centre. Method: share of them, beside the limit of the study file.",
    "note.drift": (
        "Denominator: values of the column in the cut before, and in this one. Method: share or number in each; PSI,"
        " the population stability index of what was added."
    ),
    "note.disagreements": (
        "Denominator: recorded responses that a computed one stands beside. Method: count, by the first reason that"
        " explains the difference."
    ),
    "note.readers": (
        "Denominator: pairs, readings of one time point by two readers. Method: kappa with its interval, or limits of"
        " agreement, as the study file says (agreement)."
    ),
    "note.courses": (
        "Denominator: patients read by both. Method: first progression by each reader, within the study's tolerance of"
        " days."
    ),
}

FRENCH: dict[str, str] = {
    "note.published": (
        "Dénominateur : le nombre après la barre, sinon tous les patients inclus. Méthode : chaque résultat calculé est"
        " arrondi aux chiffres publiés et concorde s'il est alors le même ; la définition dit le reste."
    ),
    "note.flow": "Dénominateur : tous les patients du registre au gel. Méthode : effectif par critère.",
    "note.estimates": (
        "Dénominateur : le dernier nombre de la colonne Effectif, ou les patients à risque à ce délai. Méthode : selon"
        " sa colonne ; intervalles bilatéraux, tests comme ils le disent."
    ),
    "note.paired": (
        "Dénominateur : patients inclus ayant une maladie dans les deux compartiments, comptés à la première ligne de"
        " chaque comparaison. Méthode : selon sa colonne."
    ),
    "note.subgroups_responses": (
        "Dénominateur : le nombre après la barre, patients inclus de ce niveau. Méthode : l'intervalle du fichier"
        " d'étude (statistics.proportion_interval)."
    ),
    "note.subgroups_times": (
        "Dénominateur : patients inclus de ce niveau, comptés avec les événements. Méthode : Kaplan-Meier avec"
        " l'intervalle du fichier d'étude (statistics.km_interval) ; rapport de risque par régression de Cox contre le"
        " premier niveau."
    ),
    "note.subgroup_tests": (
        "Dénominateur : patients inclus dont le niveau est connu. Méthode : selon sa colonne ; rien n'est corrigé pour"
        " le nombre de tests."
    ),
    "note.heterogeneity": "Dénominateur : patients inclus des centres comparés. Méthode : selon sa colonne.",
    "note.heterogeneity_centres": (
        "Dénominateur : le nombre après la barre, patients inclus du centre. Méthode : l'intervalle du fichier d'étude"
        " (statistics.proportion_interval)."
    ),
    "note.growth": (
        "Dénominateur : n de chaque case, patients inclus dont la vitesse compte ; les tests portent sur ceux qui ont"
        " les deux. Méthode : médiane et quartiles ; test des signes exact et test de Wilcoxon apparié, bilatéraux."
    ),
    "note.sensitivity": (
        "Dénominateur : le nombre après la barre, les patients que cette définition inclut. Méthode : tout est"
        " recalculé depuis les mesures, avec la définition nommée et toutes les autres de l'étude."
    ),
    "note.baseline": (
        "Dénominateur : n de chaque ligne, patients inclus dont la valeur est connue ; ceux sans valeur sont comptés à"
        " côté. Méthode : médiane, quartiles (type 7 de R) et étendue, ou effectif et proportion."
    ),
    "note.centres": (
        "Dénominateur : patients inclus du centre. Méthode : Kaplan-Meier inversé, où un décès termine le suivi."
    ),
    "note.changes": (
        "Dénominateur : les patients du critère, comptés dans la table des estimations. Méthode : le délai de chaque"
        " patient selon les règles de l'étude est mis à côté de celui de l'autre jeu ; on compte ceux dont la date ou"
        " le statut diffère."
    ),
    "note.definitions": (
        "Dénominateur : aucun, ce sont les définitions. Méthode : lues du fichier d'étude de ce calcul ;"
        " docs/definitions.md donne chacune avec ses alternatives et sa raison."
    ),
    "note.rows": (
        "Dénominateur : lignes livrées. Méthode : effectif ; une ligne est dans une des trois colonnes après Lues."
    ),
    "note.rules": (
        "Dénominateur : lignes que la règle a examinées. Méthode : effectif de celles qui l'enfreignent ; une ligne"
        " peut en enfreindre plusieurs."
    ),
    "note.picture": (
        "Dénominateur : valeurs vérifiées. Méthode : effectif de celles en échec, selon les catégories de Kahn et al.,"
        " 2016."
    ),
    "note.gate": (
        "Dénominateur : selon la condition, lignes ou tables. Méthode : chaque condition est jugée à la limite du"
        " fichier d'étude."
    ),
    "note.effects": (
        "Dénominateur : lignes et patients du registre. Méthode : les critères sont calculés avec les lignes que la"
        " règle écarte, et sans elles ; on compte les patients dont le résultat diffère."
    ),
    "note.gaps": "Dénominateur : lignes où la valeur est demandée. Méthode : effectif de celles qui ne l'ont pas.",
    "note.habits": "Dénominateur : n, valeurs du centre. Méthode : leur part, à côté de la limite du fichier d'étude.",
    "note.drift": (
        "Dénominateur : valeurs de la colonne au gel précédent et à celui-ci. Méthode : part ou effectif de chacun ;"
        " PSI, indice de stabilité de population de ce qui s'est ajouté."
    ),
    "note.disagreements": (
        "Dénominateur : réponses enregistrées auprès desquelles se trouve une réponse calculée. Méthode : effectif,"
        " selon la première raison qui explique l'écart."
    ),
    "note.readers": (
        "Dénominateur : paires, lectures d'un même bilan par deux lecteurs. Méthode : kappa et son intervalle, ou"
        " limites d'agrément, selon le fichier d'étude (agreement)."
    ),
    "note.courses": (
        "Dénominateur : patients lus par les deux. Méthode : première progression selon chaque lecteur, à la tolérance"
        " de jours de l'étude."
    ),
}
