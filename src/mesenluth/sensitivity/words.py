"""A definition chosen another way, in words a clinician reads, in English and French."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..figures.language import french, label
from .variants import EACH, Variant, shown

BETWEEN = " and "
"""Between the definitions of a pair, in the columns of the table."""

LIST_MARKS = re.compile(r'[\[\]"]')
"""Of a list as a study file writes it."""

ENGLISH: dict[str, str] = {
    "treatment.administrations": "Study treatment: {value}",
    "compartments.*.measure_axis = longest": "{entry}: longest diameter",
    "compartments.*.measure_axis = short": "{entry}: short axis",
    "compartments.*.measure_axis = nodal_rule": "{entry}: nodes by the short axis",
    "response.baseline_window_days": "Baseline at most {value} days before day 0",
    "response.baseline_window_days = null": "Baseline of any age",
    "response.new_lesion_rule = by_condition": "New lesions count in their own compartment",
    "response.new_lesion_rule = all_to_last": "All new lesions count in the last compartment",
    "response.new_lesion_rule = all_to_every": "New lesions count in every compartment",
    "response.timing = best_until_progression": "Best response up to progression",
    "response.timing = window": "Response read in a window of time",
    "response.primary_confirmation = unconfirmed": "Response without confirmation",
    "response.primary_confirmation = confirmed": "Response must be confirmed",
    "response.confirmation_interval_days": "Confirmation after {value} days or more",
    "response.min_sd_days": "Stable disease for {value} days or more",
    "response.max_not_evaluable": "Unreadable scans allowed before confirmation: {value}",
    "response.max_not_evaluable = null": "Unreadable scans allowed before confirmation: any",
    "response.accept_sd": "Stable scans allowed before confirmation: {value}",
    "response.cr_then_pr = pd": "Partial after complete response: progression",
    "response.cr_then_pr = flag": "Partial after complete response: noted only",
    "response.cr_then_pr = pr": "Partial after complete response: partial response",
    "response.missing_as_ne = true": "Never assessed counts as not evaluable",
    "response.missing_as_ne = false": "Never assessed stays apart from not evaluable",
    "response.progression_date = earliest": "Progression dated by the first scan of the set",
    "response.progression_date = last": "Progression dated by the last scan of the set",
    "response.response_date = earliest": "Response dated by the first scan of the set",
    "response.response_date = last": "Response dated by the last scan of the set",
    "response.stop_at_new_therapy = true": "Response only before a new therapy",
    "response.stop_at_new_therapy = false": "Response after a new therapy counts",
    "metabolic.method = krenning_drop": "Metabolic response by Krenning score",
    "metabolic.method = suvmax": "Metabolic response by SUVmax",
    "metabolic.method = suvpeak": "Metabolic response by SUVpeak",
    "metabolic.method = local_category": "Metabolic response as the centre judged it",
    "metabolic.krenning_drop": "Krenning score falls by {value} or more",
    "metabolic.same_tracer = true": "Metabolic response: same tracer only",
    "metabolic.same_tracer = false": "Metabolic response: any tracer",
    "response.require_marker_normalisation = true": "Complete response only with normal markers",
    "response.require_marker_normalisation = false": "Complete response whatever the markers",
    "response.marker_scope = whole_patient": "Markers count in the whole patient",
    "response.marker_scope = every_compartment": "Markers count in every compartment",
    "growth.measure = volume": "Growth rate of the volume",
    "growth.measure = diameter": "Growth rate of the diameters",
    "growth.min_interval_days": "Growth over {value} days or more",
    "growth.max_before_days": "Growth before: from at most {value} days earlier",
    "growth.max_before_days = null": "Growth before: from any earlier scan",
    "growth.window_days": "Early growth: days {value}",
    "growth.targets = all": "Growth where all targets were measured",
    "growth.targets = common": "Growth of the targets measured twice",
    "density.size_decrease_percent": "Choi: size falls by {value} % or more",
    "density.density_decrease_percent": "Choi: density falls by {value} % or more",
    "density.size_increase_percent": "Choi: progression from {value} % growth on",
    "density.progression_from = baseline": "Choi: progression from the baseline",
    "density.progression_from = nadir": "Choi: progression from the nadir",
    "density.contrast = required": "Choi: scans with contrast only",
    "density.contrast = unless_excluded": "Choi: scans not known to lack contrast",
    "density.contrast = any": "Choi: scans with or without contrast",
    "density.modalities": "Choi: densities on {value}",
    "metabolic.suvpeak_other_lesions = withhold": "SUVpeak: no verdict if another lesion was hotter",
    "metabolic.suvpeak_other_lesions = ignore": "SUVpeak: other lesions are ignored",
    "metabolic.new_lesion = progression": "Metabolic response: a new lesion is progression",
    "metabolic.new_lesion = ignore": "Metabolic response: new lesions are ignored",
    "metabolic.unread_lesion = not_evaluable": "Metabolic response: unread lesion, not evaluable",
    "metabolic.unread_lesion = ignore": "Metabolic response: unread lesions are ignored",
    "metabolic.same_modality = true": "Metabolic response: same kind of scan only",
    "metabolic.same_modality = false": "Metabolic response: any kind of scan",
    "metabolic.stop_at_new_therapy = true": "Metabolic response only before a new therapy",
    "metabolic.stop_at_new_therapy = false": "Metabolic response after a new therapy counts",
    "clinical.stop_at_new_therapy = true": "Clinical response only before a new therapy",
    "clinical.stop_at_new_therapy = false": "Clinical response after a new therapy counts",
    "clinical.rule = improved_none_worse": "A symptom better and none worse",
    "clinical.rule = any_improvement": "Any symptom better, others may be worse",
    "clinical.rule = investigator": "Clinical response as the investigator judged it",
    "clinical.improvement_grades": "A symptom better by {value} grades or more",
    "clinical.attributed": "Symptoms attributed to: {value}",
    "clinical.attributed = any": "Symptoms of any cause",
    "complications.min_grade": "Complications of grade {value} or more",
    "complications.attributed": "Complications attributed to: {value}",
    "complications.attributed = any": "Complications of any cause",
    "complications.days_after_administration": "Complications up to {value} days after a cycle",
    "time.month_days": "Months of {value} days",
    "time.month_days = calendar": "Calendar months",
    "time.add_one_day = true": "Times with the first day counted",
    "time.add_one_day = false": "Times without the first day",
    "time.origin = first_administration": "Times from the first administration",
    "time.origin = baseline_scan": "Times from the baseline scan",
    "time.origin = registration": "Times from entry in the registry",
    "survival.death = event": "Death is an event",
    "survival.death = censor": "Death censors",
    "survival.death = competing": "Death is a competing risk",
    "survival.other_compartment_progression = ignore": "Progression elsewhere is ignored",
    "survival.other_compartment_progression = censor": "Progression elsewhere censors",
    "survival.other_compartment_progression = competing": "Progression elsewhere is a competing risk",
    "survival.new_therapy = censor_at_last_adequate": "A new therapy censors",
    "survival.new_therapy = ignore": "New therapies are ignored",
    "survival.new_therapy = event": "A new therapy is an event",
    "survival.no_baseline = censor": "Without a baseline: censored at day 0",
    "survival.no_baseline = count": "Without a baseline: events count",
    "survival.censoring_assessment = adequate": "Censored at the last adequate assessment",
    "survival.censoring_assessment = any": "Censored at the last assessment of any kind",
    "survival.max_gap_days": "Events after a gap of over {value} days are censored",
    "survival.max_gap_days = null": "Events count after any gap",
    "statistics.proportion_interval": "Interval of proportions: {value}",
    "statistics.proportion_interval = clopper-pearson": "Interval of proportions: Clopper-Pearson",
    "statistics.proportion_interval = wilson": "Interval of proportions: Wilson",
    "statistics.proportion_interval = jeffreys": "Interval of proportions: Jeffreys",
    "statistics.proportion_interval = agresti-coull": "Interval of proportions: Agresti-Coull",
    "statistics.km_interval": "Interval of survival: {value}",
    "statistics.confidence": "Confidence: {value}",
}

FRENCH: dict[str, str] = {
    "treatment.administrations": "Traitement étudié : {value}",
    "compartments.*.measure_axis = longest": "{entry} : plus grand diamètre",
    "compartments.*.measure_axis = short": "{entry} : petit axe",
    "compartments.*.measure_axis = nodal_rule": "{entry} : ganglions au petit axe",
    "response.baseline_window_days": "Examen initial à {value} jours au plus du jour 0",
    "response.baseline_window_days = null": "Examen initial de toute date",
    "response.new_lesion_rule = by_condition": "Nouvelles lésions dans leur compartiment",
    "response.new_lesion_rule = all_to_last": "Nouvelles lésions dans le dernier compartiment",
    "response.new_lesion_rule = all_to_every": "Nouvelles lésions dans tous les compartiments",
    "response.timing = best_until_progression": "Meilleure réponse jusqu'à la progression",
    "response.timing = window": "Réponse lue dans une fenêtre de temps",
    "response.primary_confirmation = unconfirmed": "Réponse sans confirmation",
    "response.primary_confirmation = confirmed": "Réponse à confirmer",
    "response.confirmation_interval_days": "Confirmation après {value} jours ou plus",
    "response.min_sd_days": "Maladie stable pendant {value} jours ou plus",
    "response.max_not_evaluable": "Examens illisibles admis avant confirmation : {value}",
    "response.max_not_evaluable = null": "Examens illisibles admis avant confirmation : tous",
    "response.accept_sd": "Examens stables admis avant confirmation : {value}",
    "response.cr_then_pr = pd": "Partielle après complète : progression",
    "response.cr_then_pr = flag": "Partielle après complète : notée seulement",
    "response.cr_then_pr = pr": "Partielle après complète : réponse partielle",
    "response.missing_as_ne = true": "Jamais évalué vaut non évaluable",
    "response.missing_as_ne = false": "Jamais évalué distinct de non évaluable",
    "response.progression_date = earliest": "Progression datée du premier examen du bilan",
    "response.progression_date = last": "Progression datée du dernier examen du bilan",
    "response.response_date = earliest": "Réponse datée du premier examen du bilan",
    "response.response_date = last": "Réponse datée du dernier examen du bilan",
    "response.stop_at_new_therapy = true": "Réponse seulement avant un nouveau traitement",
    "response.stop_at_new_therapy = false": "Réponse après un nouveau traitement comptée",
    "metabolic.method = krenning_drop": "Réponse métabolique par score de Krenning",
    "metabolic.method = suvmax": "Réponse métabolique par SUVmax",
    "metabolic.method = suvpeak": "Réponse métabolique par SUVpeak",
    "metabolic.method = local_category": "Réponse métabolique jugée par le centre",
    "metabolic.krenning_drop": "Score de Krenning en baisse de {value} ou plus",
    "metabolic.same_tracer = true": "Réponse métabolique : même traceur",
    "metabolic.same_tracer = false": "Réponse métabolique : tout traceur",
    "response.require_marker_normalisation = true": "Réponse complète seulement si marqueurs normaux",
    "response.require_marker_normalisation = false": "Réponse complète quels que soient les marqueurs",
    "response.marker_scope = whole_patient": "Marqueurs comptés pour le patient entier",
    "response.marker_scope = every_compartment": "Marqueurs comptés dans chaque compartiment",
    "growth.measure = volume": "Croissance du volume",
    "growth.measure = diameter": "Croissance des diamètres",
    "growth.min_interval_days": "Croissance sur {value} jours ou plus",
    "growth.max_before_days": "Croissance avant : à partir de {value} jours au plus",
    "growth.max_before_days = null": "Croissance avant : à partir de tout examen antérieur",
    "growth.window_days": "Croissance précoce : jours {value}",
    "growth.targets = all": "Croissance si toutes les cibles sont mesurées",
    "growth.targets = common": "Croissance des cibles mesurées deux fois",
    "density.size_decrease_percent": "Choi : taille en baisse de {value} % ou plus",
    "density.density_decrease_percent": "Choi : densité en baisse de {value} % ou plus",
    "density.size_increase_percent": "Choi : progression dès {value} % de croissance",
    "density.progression_from = baseline": "Choi : progression depuis l'examen initial",
    "density.progression_from = nadir": "Choi : progression depuis le nadir",
    "density.contrast = required": "Choi : examens avec injection seulement",
    "density.contrast = unless_excluded": "Choi : sauf examens connus sans injection",
    "density.contrast = any": "Choi : examens avec ou sans injection",
    "density.modalities": "Choi : densités sur {value}",
    "metabolic.suvpeak_other_lesions = withhold": "SUVpeak : pas de verdict si une autre lésion l'emporte",
    "metabolic.suvpeak_other_lesions = ignore": "SUVpeak : autres lésions ignorées",
    "metabolic.new_lesion = progression": "Réponse métabolique : nouvelle lésion = progression",
    "metabolic.new_lesion = ignore": "Réponse métabolique : nouvelles lésions ignorées",
    "metabolic.unread_lesion = not_evaluable": "Réponse métabolique : lésion non lue, non évaluable",
    "metabolic.unread_lesion = ignore": "Réponse métabolique : lésions non lues ignorées",
    "metabolic.same_modality = true": "Réponse métabolique : même type d'examen",
    "metabolic.same_modality = false": "Réponse métabolique : tout type d'examen",
    "metabolic.stop_at_new_therapy = true": "Réponse métabolique avant un nouveau traitement",
    "metabolic.stop_at_new_therapy = false": "Réponse métabolique comptée après nouveau traitement",
    "clinical.stop_at_new_therapy = true": "Réponse clinique avant un nouveau traitement",
    "clinical.stop_at_new_therapy = false": "Réponse clinique comptée après nouveau traitement",
    "clinical.rule = improved_none_worse": "Un symptôme mieux et aucun pire",
    "clinical.rule = any_improvement": "Un symptôme mieux, d'autres peut-être pires",
    "clinical.rule = investigator": "Réponse clinique jugée par l'investigateur",
    "clinical.improvement_grades": "Symptôme mieux de {value} grades ou plus",
    "clinical.attributed": "Symptômes attribués à : {value}",
    "clinical.attributed = any": "Symptômes de toute cause",
    "complications.min_grade": "Complications de grade {value} ou plus",
    "complications.attributed": "Complications attribuées à : {value}",
    "complications.attributed = any": "Complications de toute cause",
    "complications.days_after_administration": "Complications jusqu'à {value} jours après une cure",
    "time.month_days": "Mois de {value} jours",
    "time.month_days = calendar": "Mois du calendrier",
    "time.add_one_day = true": "Délais avec le premier jour",
    "time.add_one_day = false": "Délais sans le premier jour",
    "time.origin = first_administration": "Délais depuis la première administration",
    "time.origin = baseline_scan": "Délais depuis l'examen initial",
    "time.origin = registration": "Délais depuis l'entrée au registre",
    "survival.death = event": "Le décès est un événement",
    "survival.death = censor": "Le décès censure",
    "survival.death = competing": "Le décès est un risque concurrent",
    "survival.other_compartment_progression = ignore": "Progression ailleurs ignorée",
    "survival.other_compartment_progression = censor": "Progression ailleurs : censure",
    "survival.other_compartment_progression = competing": "Progression ailleurs : risque concurrent",
    "survival.new_therapy = censor_at_last_adequate": "Un nouveau traitement censure",
    "survival.new_therapy = ignore": "Nouveaux traitements ignorés",
    "survival.new_therapy = event": "Un nouveau traitement est un événement",
    "survival.no_baseline = censor": "Sans examen initial : censure au jour 0",
    "survival.no_baseline = count": "Sans examen initial : événements comptés",
    "survival.censoring_assessment = adequate": "Censure à la dernière évaluation valable",
    "survival.censoring_assessment = any": "Censure à la dernière évaluation, valable ou non",
    "survival.max_gap_days": "Événements censurés après {value} jours sans évaluation",
    "survival.max_gap_days = null": "Événements comptés après toute lacune",
    "statistics.proportion_interval": "Intervalle des proportions : {value}",
    "statistics.proportion_interval = clopper-pearson": "Intervalle des proportions : Clopper-Pearson",
    "statistics.proportion_interval = wilson": "Intervalle des proportions : Wilson",
    "statistics.proportion_interval = jeffreys": "Intervalle des proportions : Jeffreys",
    "statistics.proportion_interval = agresti-coull": "Intervalle des proportions : Agresti-Coull",
    "statistics.km_interval": "Intervalle de survie : {value}",
    "statistics.confidence": "Confiance : {value}",
}

CATALOGUE: dict[str, dict[str, str]] = {
    "en": ENGLISH,
    "fr": {key: french(words) for key, words in FRENCH.items()},
}


def _entry(study: Mapping[str, Any], way: str, name: str, lang: str) -> str:
    """Return the label of an entry of a list of the study, `name` if it has none."""
    found: Any = study
    for part in way.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    entries = [e for e in found if isinstance(e, Mapping) and e.get("id") == name] if isinstance(found, list) else []
    return label(entries[0].get("label"), lang, name) if entries else name


def definition_words(key: str, value: str, study: Mapping[str, Any], lang: str) -> str:
    """Return a key of the study file and its value in words; a key without words of its own is written out.

    Parameters
    ----------
    key, value : str
        As the tables have them: ``response.min_sd_days`` and ``84``.
    study : mapping
        For the labels of list entries: ``compartments.mesenteric.measure_axis``.

    Examples
    --------
    >>> definition_words("response.min_sd_days", "84", {}, "en")
    'Stable disease for 84 days or more'
    >>> definition_words("density.method", "none", {}, "en")
    'density, method: none'
    """
    words = CATALOGUE[lang]
    parts = key.split(".")
    patterns = [(key, "")]
    for i in range(1, len(parts) - 1):
        pattern = ".".join([*parts[:i], EACH, *parts[i + 1 :]])
        patterns.append((pattern, _entry(study, ".".join(parts[:i]), parts[i], lang)))
    spoken = value.replace("_", " ")
    for pattern, entry in patterns:
        for name in (f"{pattern} = {value}", pattern):
            if name in words:
                return words[name].format(entry=entry, value=LIST_MARKS.sub("", spoken))
    written_out = f"{', '.join(p.replace('_', ' ') for p in parts)}: {spoken}"
    return french(written_out.replace(": ", " : ", 1)) if lang == "fr" else written_out


def changes_of(key: str | None, value: str | None) -> list[tuple[str, str]]:
    """Return the changes of a variant, as its row of the table has them: key and value; none of the study as it is."""
    if not key:
        return []
    keys, values = key.split(BETWEEN), (value or "").split(BETWEEN, key.count(BETWEEN))
    return list(zip(keys, values, strict=True))


def variant_words(key: str | None, value: str | None, study: Mapping[str, Any], lang: str) -> str:
    """Return a variant in words, both changes of a pair joined by a plus sign; empty for the study as it is."""
    return " + ".join(definition_words(k, v, study, lang) for k, v in changes_of(key, value))


def written_keys(variant: Variant) -> str | None:
    """Return the keys of a variant as the table has them."""
    return BETWEEN.join(key for key, _ in variant.changes) or None


def written(values: list[Any]) -> str:
    """Return values as the table has them, those of a pair joined."""
    return BETWEEN.join(shown(v) for v in values)
