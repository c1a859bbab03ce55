"""Every sentence of the report that is not computed, in English and French."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..figures.language import french, label, language
from ..figures.texts import notice
from . import (
    ask_texts,
    baseline_texts,
    comparison_texts,
    effects_texts,
    gate_texts,
    headline_texts,
    note_texts,
    page_texts,
    picture_texts,
    reader_texts,
    sensitivity_texts,
)

ENGLISH: dict[str, str] = {
    "cut": "Data cut: {date}. Readings of the primary evaluator: {evaluator}.",
    "words": "Estimates are printed as computed; the study file decides every definition.",
    "published.title": "Published and computed",
    "published.item": "Item",
    "published.published": "Published",
    "published.computed": "Computed",
    "published.agrees": "Agrees",
    "published.definition": "Definition used",
    "published.note": "Note",
    "published.yes": "✓ yes",
    "published.no": "✗ no",
    "published.summary": "{agree} of {all} agree to the published digits.",
    "published.citation": "Published: {citation}.",
    "published.empty": "The study names no published figure to compare with.",
    "power.title": "What the number of patients can show",
    "power.none": "The study states no hypothesis, so nothing is tested.",
    "power.missing": "The study states a hypothesis; the estimates hold no test of it.",
    "power.fact": "{what}: {text}",
    "power.smallest_p": "Smallest p value that so many patients can give",
    "power.smallest_n": "Fewest patients that can show the hypothesis at all",
    "power.smallest_n_for_this_result": "Fewest patients that would show it with as many responders as here",
    "power.power": "Power of so many patients",
    "power.n_for_power": "Patients needed",
    "power.posterior": "Probability of the hypothesis given these data",
    "flow.title": "Patients",
    "flow.screened": "Patients in the registry: {n}. Included: {included}. Excluded: {excluded}.",
    "flow.criterion": "Criterion",
    "flow.not_met": "Left out: not met",
    "flow.unknown": "Left out: not known",
    "flow.kept": "Kept",
    "flow.alone": "Met / not met / not known, of all",
    "flow.order": (
        "Criteria are counted one after the other; each patient is counted once, at the first criterion that is not"
        " known to be met. The last column counts each criterion on its own."
    ),
    "flow.evaluable": "Evaluable for {endpoint}: {parts}.",
    "flow.evaluable.part": "{compartment} {n}",
    "flow.no_criteria": "The study has no eligibility criteria.",
    "estimates.title": "Estimates",
    "estimates.intro": "By the definitions of the study, as read by {evaluator}.",
    "estimates.empty": "No estimate by the definitions of the study.",
    "estimates.others": "Other definitions, readers and censoring rules",
    "estimates.no_others": "No other definition, reader or set of censoring rules was computed.",
    "estimates.endpoint": "Endpoint",
    "estimates.compartment": "Compartment",
    "estimates.population": "Population",
    "estimates.definition": "Definition",
    "estimates.evaluator": "Reader",
    "estimates.statistic": "What",
    "estimates.text": "Estimate",
    "estimates.method": "Method",
    "estimates.counted": "Counted",
    "estimates.remark": "Remark",
    "estimates.at": "{statistic} at {months} months",
    "estimates.at_risk": "at risk {n}",
    "estimates.test": "{test}; alternative: {hypothesis}",
    "estimates.of": "{numerator} of {denominator}",
    "statistic.proportion": "proportion",
    "statistic.test": "test of the hypothesis",
    "statistic.paired_difference": "difference in the same patients",
    "statistic.paired_test": "paired test",
    "statistic.events": "events",
    "statistic.median": "median, months",
    "statistic.landmark": "free of the event",
    "statistic.restricted_mean": "restricted mean, months",
    "statistic.follow_up": "median follow-up, months",
    "statistic.incidence_response": "cumulative incidence of response",
    "statistic.incidence_progression": "cumulative incidence of progression",
    "statistic.incidence_death": "cumulative incidence of death",
    "statistic.incidence_new_therapy": "cumulative incidence of a new therapy",
    "statistic.incidence_other_compartment_progression": "cumulative incidence of progression elsewhere",
    "statistic.changed": "patients whose time or status changes",
    "statistic.changed_status": "patients whose status changes",
    "statistic.growth_before": "growth rate before the baseline",
    "statistic.growth_early": "growth rate under treatment, early",
    "statistic.growth_change": "change of the growth rate, early minus before",
    "statistic.growth_test": "test of that change",
    "population.included": "included",
    "population.symptomatic": "included, with symptoms at baseline",
    "population.responders": "responders",
    "population.evaluable": "evaluable",
    "population.evaluable_in_both": "evaluable in both",
    "changes.title": "What other censoring rules change",
    "changes.intro": (
        "Patients whose time or status another set of censoring rules changes, as read by {evaluator}; the table"
        " `status_changes` names them, with both dates and both reasons."
    ),
    "changes.empty": "No other set of censoring rules changes a time or a status.",
    "changes.endpoint": "Endpoint",
    "changes.compartment": "Compartment",
    "changes.rules": "Rules",
    "changes.study": "By the study's rules",
    "changes.other": "By these rules",
    "changes.n": "Patients",
    "changes.event": "event",
    "changes.censored": "censored",
    "changes.competing": "competing event",
    "growth.title": "Growth of the tumours",
    "growth.intro": (
        "Tumour growth rate: median and quartiles. Before: from the last suitable assessment before the baseline to the"
        " baseline. Under treatment: from the baseline to the first assessment in the study's window. The change and"
        " the tests are of the patients with both. Negative: the tumours shrank. Patients whose growth was fast by"
        " chance alone grow slower later without any treatment, so the change is no measure of its effect."
    ),
    "growth.compartment": "Compartment",
    "growth.before": "Before",
    "growth.early": "Under treatment",
    "growth.change": "Change",
    "growth.sign": "p, sign test",
    "growth.wilcoxon": "p, Wilcoxon",
    "growth.rate": "{rate}; n = {n}",
    "definitions.title": "Definitions in use",
    "definitions.intro": "Every switch of the study file that decides a number, with its value in this run.",
    "definitions.setting": "Setting",
    "definitions.value": "Value",
    "quality.title": "Data quality",
    "quality.rows": "Rows of the registry: read = after the cut + accepted + quarantined.",
    "quality.table": "Table",
    "quality.read": "Read",
    "quality.after_cut": "After the cut",
    "quality.accepted": "Accepted",
    "quality.quarantined": "Quarantined",
    "quality.all": "All",
    "quality.no_rows": "No row of the registry was counted.",
    "quality.severity": "Severity",
    "quality.rules": "Rules",
    "quality.failing": "Rules with findings",
    "quality.checked": "Rows looked at",
    "quality.failed": "Findings",
    "quality.meaning": "What becomes of the row",
    "quality.error": "kept out",
    "quality.warning": "flagged, stays",
    "quality.info": "noted, stays",
    "quality.no_rules": "No rule was counted.",
    "quality.rule": "Rule",
    "quality.description": "What it asks",
    "quality.clean": "No rule has a finding.",
    "disagreements.title": "Recorded and computed responses",
    "yes": "yes",
    "no": "no",
}

FRENCH: dict[str, str] = {
    "cut": "Gel des données : {date}. Lectures du lecteur principal : {evaluator}.",
    "words": "Les estimations sont imprimées telles que calculées ; le fichier d'étude fixe chaque définition.",
    "published.title": "Publié et calculé",
    "published.item": "Résultat",
    "published.published": "Publié",
    "published.computed": "Calculé",
    "published.agrees": "Concorde",
    "published.definition": "Définition employée",
    "published.note": "Remarque",
    "published.yes": "✓ oui",
    "published.no": "✗ non",
    "published.summary": "{agree} sur {all} concordent aux chiffres publiés.",
    "published.citation": "Publié : {citation}.",
    "published.empty": "L'étude ne nomme aucun résultat publié à comparer.",
    "power.title": "Ce que l'effectif peut montrer",
    "power.none": "L'étude ne pose pas d'hypothèse : rien n'est testé.",
    "power.missing": "L'étude pose une hypothèse ; les estimations n'en contiennent aucun test.",
    "power.fact": "{what} : {text}",
    "power.smallest_p": "Plus petite valeur p que cet effectif puisse donner",
    "power.smallest_n": "Plus petit effectif qui puisse montrer l'hypothèse",
    "power.smallest_n_for_this_result": "Plus petit effectif qui la montrerait avec autant de répondeurs qu'ici",
    "power.power": "Puissance de cet effectif",
    "power.n_for_power": "Effectif nécessaire",
    "power.posterior": "Probabilité de l'hypothèse au vu de ces données",
    "flow.title": "Patients",
    "flow.screened": "Patients du registre : {n}. Inclus : {included}. Exclus : {excluded}.",
    "flow.criterion": "Critère",
    "flow.not_met": "Écartés : non rempli",
    "flow.unknown": "Écartés : inconnu",
    "flow.kept": "Gardés",
    "flow.alone": "Rempli / non rempli / inconnu, sur tous",
    "flow.order": (
        "Les critères sont comptés l'un après l'autre ; chaque patient est compté une fois, au premier critère dont on"
        " ne sait pas qu'il est rempli. La dernière colonne compte chaque critère isolément."
    ),
    "flow.evaluable": "Évaluables, {endpoint} : {parts}.",
    "flow.evaluable.part": "{compartment} {n}",
    "flow.no_criteria": "L'étude n'a pas de critère d'éligibilité.",
    "estimates.title": "Estimations",
    "estimates.intro": "Selon les définitions de l'étude, lues par {evaluator}.",
    "estimates.empty": "Aucune estimation selon les définitions de l'étude.",
    "estimates.others": "Autres définitions, lecteurs et règles de censure",
    "estimates.no_others": "Aucune autre définition, aucun autre lecteur ni jeu de règles de censure n'a été calculé.",
    "estimates.endpoint": "Critère de jugement",
    "estimates.compartment": "Compartiment",
    "estimates.population": "Population",
    "estimates.definition": "Définition",
    "estimates.evaluator": "Lecteur",
    "estimates.statistic": "Quoi",
    "estimates.text": "Estimation",
    "estimates.method": "Méthode",
    "estimates.counted": "Effectif",
    "estimates.remark": "Remarque",
    "estimates.at": "{statistic} à {months} mois",
    "estimates.at_risk": "à risque {n}",
    "estimates.test": "{test} ; alternative : {hypothesis}",
    "estimates.of": "{numerator} sur {denominator}",
    "statistic.proportion": "proportion",
    "statistic.test": "test de l'hypothèse",
    "statistic.paired_difference": "différence chez les mêmes patients",
    "statistic.paired_test": "test apparié",
    "statistic.events": "événements",
    "statistic.median": "médiane, mois",
    "statistic.landmark": "sans événement",
    "statistic.restricted_mean": "moyenne restreinte, mois",
    "statistic.follow_up": "suivi médian, mois",
    "statistic.incidence_response": "incidence cumulée de la réponse",
    "statistic.incidence_progression": "incidence cumulée de la progression",
    "statistic.incidence_death": "incidence cumulée du décès",
    "statistic.incidence_new_therapy": "incidence cumulée d'un nouveau traitement",
    "statistic.incidence_other_compartment_progression": "incidence cumulée d'une progression ailleurs",
    "statistic.changed": "patients dont le délai ou le statut change",
    "statistic.changed_status": "patients dont le statut change",
    "statistic.growth_before": "vitesse de croissance avant l'inclusion",
    "statistic.growth_early": "vitesse de croissance sous traitement, au début",
    "statistic.growth_change": "variation de la vitesse, début moins avant",
    "statistic.growth_test": "test de cette variation",
    "population.included": "inclus",
    "population.symptomatic": "inclus, symptomatiques à l'inclusion",
    "population.responders": "répondeurs",
    "population.evaluable": "évaluables",
    "population.evaluable_in_both": "évaluables dans les deux",
    "changes.title": "Ce que changent d'autres règles de censure",
    "changes.intro": (
        "Patients dont un autre jeu de règles de censure change le délai ou le statut, lus par {evaluator} ; la table"
        " `status_changes` les nomme, avec les deux dates et les deux raisons."
    ),
    "changes.empty": "Aucun autre jeu de règles de censure ne change un délai ou un statut.",
    "changes.endpoint": "Critère de jugement",
    "changes.compartment": "Compartiment",
    "changes.rules": "Règles",
    "changes.study": "Selon les règles de l'étude",
    "changes.other": "Selon ces règles",
    "changes.n": "Patients",
    "changes.event": "événement",
    "changes.censored": "censuré",
    "changes.competing": "événement concurrent",
    "growth.title": "Croissance des tumeurs",
    "growth.intro": (
        "Vitesse de croissance tumorale : médiane et quartiles. Avant : du dernier bilan utilisable avant l'inclusion"
        " à l'inclusion. Sous traitement : de l'inclusion au premier bilan dans la fenêtre de l'étude. La variation et"
        " les tests portent sur les patients ayant les deux. Négatif : les tumeurs ont diminué. Une croissance rapide"
        " par hasard ralentit ensuite sans aucun traitement : la variation ne mesure donc pas son effet."
    ),
    "growth.compartment": "Compartiment",
    "growth.before": "Avant",
    "growth.early": "Sous traitement",
    "growth.change": "Variation",
    "growth.sign": "p, test des signes",
    "growth.wilcoxon": "p, Wilcoxon",
    "growth.rate": "{rate} ; n = {n}",
    "definitions.title": "Définitions en vigueur",
    "definitions.intro": "Chaque réglage du fichier d'étude qui décide d'un nombre, avec sa valeur dans ce calcul.",
    "definitions.setting": "Réglage",
    "definitions.value": "Valeur",
    "quality.title": "Qualité des données",
    "quality.rows": "Lignes du registre : lues = après le gel + acceptées + mises en quarantaine.",
    "quality.table": "Table",
    "quality.read": "Lues",
    "quality.after_cut": "Après le gel",
    "quality.accepted": "Acceptées",
    "quality.quarantined": "Quarantaine",
    "quality.all": "Toutes",
    "quality.no_rows": "Aucune ligne du registre n'a été comptée.",
    "quality.severity": "Gravité",
    "quality.rules": "Règles",
    "quality.failing": "Règles avec constats",
    "quality.checked": "Lignes examinées",
    "quality.failed": "Constats",
    "quality.meaning": "Ce que devient la ligne",
    "quality.error": "écartée",
    "quality.warning": "signalée, gardée",
    "quality.info": "notée, gardée",
    "quality.no_rules": "Aucune règle n'a été comptée.",
    "quality.rule": "Règle",
    "quality.description": "Ce qu'elle demande",
    "quality.clean": "Aucune règle n'a de constat.",
    "disagreements.title": "Réponses enregistrées et calculées",
    "yes": "oui",
    "no": "non",
}

PARTS = (
    {"en": ENGLISH, "fr": FRENCH},
    *(
        {"en": m.ENGLISH, "fr": m.FRENCH}
        for m in (
            ask_texts,
            baseline_texts,
            comparison_texts,
            effects_texts,
            gate_texts,
            headline_texts,
            note_texts,
            page_texts,
            picture_texts,
            reader_texts,
            sensitivity_texts,
        )
    ),
)
CATALOGUE: dict[str, dict[str, str]] = {
    lang: {key: french(words) if lang == "fr" else words for part in PARTS for key, words in part[lang].items()}
    for lang in ("en", "fr")
}


def text(lang: str, key: str, **fields: Any) -> str:
    """Return the words called `key` in `lang`, with their fields filled in."""
    return CATALOGUE[lang][key].format(**fields)


def known(lang: str, kind: str, name: str) -> str:
    """Return the words for a value of a table, e.g. of `statistic`; the value itself, spaced, if there are none."""
    return CATALOGUE[lang].get(f"{kind}.{name}", name.replace("_", " "))


def about_data(study: Mapping[str, Any]) -> str:
    """Return what every page says about the data: the study's own notice, else that of the figures.

    A registry's data need no notice, so a notice that was inherited from another study is not repeated.
    """
    if not notice(study):
        return ""
    return label(study["study"].get("notice"), language(study)) or f"{notice(study)}."
