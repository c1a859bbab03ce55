"""Words of the figures that follow each patient in time."""

from __future__ import annotations

ENGLISH: dict[str, str] = {
    "spider.title": "Sum of diameters over time",
    "spider.y": "Change of the\nsum of diameters (%)",
    "spider.x": "Months since day 0",
    "spider.empty": "No assessment with a sum",
    "spider.course.responder": "best response CR or PR",
    "spider.course.stable": "stable or not evaluable",
    "spider.course.progressive": "progression as best response",
    "spider.note": "One line a patient, from the baseline over every assessment that counts and has a sum.",
    "spider.new_lesion": "Triangles: progression by a new lesion.",
    "spider.cut": "Lines end at {limit}; the largest change is {largest}.",
    "spider.alt": "Spider plot: change of the sum of diameters from baseline over time, one line a patient. {panels}",
    "spider.alt.panel": "{compartment}: {n} patients ({courses}); median last change {median}.",
    "spider.caption": "Change of the sum of diameters from baseline over time, by compartment.",
    "swimmer.title": "Course of each patient",
    "swimmer.x": "Months since day 0",
    "swimmer.y": "Patients, longest follow-up first",
    "swimmer.empty": "No patient is included",
    "swimmer.cycle": "cycle of treatment",
    "swimmer.response": "first response, {compartment}",
    "swimmer.progression": "progression, {compartment}",
    "swimmer.new_therapy": "new therapy",
    "swimmer.death": "death",
    "swimmer.ongoing": "alive at last news",
    "swimmer.note": (
        "One bar a patient, from day 0 to death or the last day known alive. Responses and progressions are those of"
        " {evaluator}, the first of each compartment; progressions after a new therapy are marked too."
    ),
    "swimmer.thinned": "For lack of room {shown} of {n} patients are drawn, evenly spaced by length of follow-up.",
    "swimmer.alt": (
        "Swimmer plot of {n} included patients. Median follow-up from day 0 to death or last news: {median} months."
        " {deaths} died, {therapies} began a new therapy. {compartments}"
    ),
    "swimmer.alt.compartment": "{compartment}: {responses} responded, {progressions} progressed.",
    "swimmer.caption": "Treatment, responses, progressions, new therapies and deaths of each included patient.",
    "subgroups.title": "{endpoint} by subgroup: {compartment}",
    "subgroups.logrank": "log-rank p {p}",
    "subgroups.note": (
        "Independent groups of patients, compared by a log-rank test of the levels shown; exploratory, no subgroup was"
        " to be tested. Levels with fewer than {below} patients are not shown."
    ),
    "subgroups.alt": "Kaplan-Meier curves of {endpoint} by subgroup, {compartment}. {panels}",
    "subgroups.empty": "No level has enough patients to be shown",
    "metabolic.title": "Tracer uptake: best scan against baseline",
    "metabolic.grades": "Krenning score",
    "metabolic.x": "{score} at baseline",
    "metabolic.y": "{score} at the best scan",
    "metabolic.empty": "No pair of values",
    "metabolic.response": "metabolic response",
    "metabolic.no_response": "no response",
    "metabolic.responded": "metabolic response: {n} of {all}",
    "metabolic.note": "The hottest lesion of the compartment. Below the dashed line: less uptake than at baseline.",
    "metabolic.circles": "Areas and numbers are patients.",
    "metabolic.none": "Not evaluable, or without a pair of values: {counts}.",
    "metabolic.doubt": "No such criterion is validated for somatostatin-receptor tracers.",
    "metabolic.alt": "Tracer uptake of each compartment at its best scan against that at baseline. {panels}",
    "metabolic.alt.panel": "{compartment}: lower in {lower} patients, the same in {same}, higher in {higher}.",
    "metabolic.caption": "Tracer uptake at the best scan against that at baseline, by compartment.",
    "follow_up.title": "Follow-up by centre",
    "follow_up.patients": "Patients",
    "follow_up.scans": "Scans",
    "follow_up.median": "Median, months",
    "follow_up.x": "Months of follow-up",
    "follow_up.small_centres": "smaller centres together ({n})",
    "follow_up.all_centres": "all centres ({n})",
    "follow_up.empty": "No patient is included",
    "follow_up.note": (
        "Median follow-up from day 0 by the reverse Kaplan-Meier estimate, with its {confidence} confidence interval"
        " ({method}). Centres with fewer than {below} patients stand together. Arrowheads: the limit is not reached."
    ),
    "follow_up.hidden": "For lack of room {n} more centres stand in the table alone.",
    "follow_up.alt": "Median follow-up in months, with its interval, of each centre. {rows}",
    "follow_up.alt.row": "{name}: {patients} patients, {median}",
    "follow_up.caption": "Median follow-up, patients and scans by centre.",
}

FRENCH: dict[str, str] = {
    "spider.title": "Somme des diamètres au cours du temps",
    "spider.y": "Variation de la\nsomme des diamètres (%)",
    "spider.x": "Mois depuis le jour 0",
    "spider.empty": "Aucune évaluation avec une somme",
    "spider.course.responder": "meilleure réponse RC ou RP",
    "spider.course.stable": "stable ou non évaluable",
    "spider.course.progressive": "progression d'emblée",
    "spider.note": "Une ligne par patient, depuis l'état initial, par chaque évaluation retenue qui a une somme.",
    "spider.new_lesion": "Triangles : progression par une nouvelle lésion.",
    "spider.cut": "Les lignes s'arrêtent à {limit} ; la plus grande variation est de {largest}.",
    "spider.alt": (
        "Graphique en araignée : variation de la somme des diamètres depuis l'état initial, une ligne par patient."
        " {panels}"
    ),
    "spider.alt.panel": "{compartment} : {n} patients ({courses}) ; dernière variation médiane {median}.",
    "spider.caption": "Variation de la somme des diamètres depuis l'état initial au cours du temps, par compartiment.",
    "swimmer.title": "Parcours de chaque patient",
    "swimmer.x": "Mois depuis le jour 0",
    "swimmer.y": "Patients, suivi le plus long d'abord",
    "swimmer.empty": "Aucun patient inclus",
    "swimmer.cycle": "cycle de traitement",
    "swimmer.response": "première réponse, {compartment}",
    "swimmer.progression": "progression, {compartment}",
    "swimmer.new_therapy": "nouveau traitement",
    "swimmer.death": "décès",
    "swimmer.ongoing": "vivant aux dernières nouvelles",
    "swimmer.note": (
        "Une barre par patient, du jour 0 au décès ou au dernier jour où il est connu vivant. Réponses et progressions"
        " sont celles de {evaluator}, la première de chaque compartiment ; une progression après un nouveau traitement"
        " est marquée aussi."
    ),
    "swimmer.thinned": (
        "Faute de place, {shown} patients sur {n} sont dessinés, à intervalles réguliers de durée de suivi."
    ),
    "swimmer.alt": (
        "Graphique en couloirs de {n} patients inclus. Suivi médian du jour 0 au décès ou aux dernières nouvelles :"
        " {median} mois. {deaths} sont décédés, {therapies} ont commencé un nouveau traitement. {compartments}"
    ),
    "swimmer.alt.compartment": "{compartment} : {responses} ont répondu, {progressions} ont progressé.",
    "swimmer.caption": ("Traitement, réponses, progressions, nouveaux traitements et décès de chaque patient inclus."),
    "subgroups.title": "{endpoint} par sous-groupe : {compartment}",
    "subgroups.logrank": "log-rank, p {p}",
    "subgroups.note": (
        "Groupes de patients indépendants, comparés par un test du log-rank des modalités montrées ; exploratoire,"
        " aucun sous-groupe ne devait être testé. Les modalités de moins de {below} patients ne sont pas montrées."
    ),
    "subgroups.alt": "Courbes de Kaplan-Meier par sous-groupe : {endpoint}, {compartment}. {panels}",
    "subgroups.empty": "Aucune modalité n'a assez de patients pour être montrée",
    "metabolic.title": "Fixation du traceur : meilleur examen et état initial",
    "metabolic.grades": "Score de Krenning",
    "metabolic.x": "{score} initial",
    "metabolic.y": "{score}, meilleur examen",
    "metabolic.empty": "Aucune paire de valeurs",
    "metabolic.response": "réponse métabolique",
    "metabolic.no_response": "pas de réponse",
    "metabolic.responded": "réponse métabolique : {n} sur {all}",
    "metabolic.note": (
        "Lésion la plus fixante du compartiment. Sous la ligne tiretée : fixation plus faible qu'à l'état initial."
    ),
    "metabolic.circles": "Surfaces et nombres : patients.",
    "metabolic.none": "Non évaluables ou sans paire de valeurs : {counts}.",
    "metabolic.doubt": "Aucun critère de ce genre n'est validé pour les traceurs des récepteurs de la somatostatine.",
    "metabolic.alt": (
        "Fixation du traceur de chaque compartiment au meilleur examen en fonction de la fixation initiale. {panels}"
    ),
    "metabolic.alt.panel": (
        "{compartment} : plus faible chez {lower} patients, identique chez {same}, plus forte chez {higher}."
    ),
    "metabolic.caption": "Fixation au meilleur examen en fonction de la fixation initiale, par compartiment.",
    "follow_up.title": "Suivi par centre",
    "follow_up.patients": "Patients",
    "follow_up.scans": "Examens",
    "follow_up.median": "Médiane, mois",
    "follow_up.x": "Mois de suivi",
    "follow_up.small_centres": "petits centres réunis ({n})",
    "follow_up.all_centres": "tous les centres ({n})",
    "follow_up.empty": "Aucun patient inclus",
    "follow_up.note": (
        "Suivi médian depuis le jour 0 par l'estimateur de Kaplan-Meier inversé, avec son intervalle de confiance à"
        " {confidence} ({method}). Les centres de moins de {below} patients sont réunis. Pointes : limite non atteinte."
    ),
    "follow_up.hidden": "Faute de place, {n} autres centres figurent dans la table seulement.",
    "follow_up.alt": "Suivi médian en mois, avec son intervalle, de chaque centre. {rows}",
    "follow_up.alt.row": "{name} : {patients} patients, {median}",
    "follow_up.caption": "Suivi médian, patients et examens par centre.",
}
