"""What tables and columns of the registry are called in plain words, in English and French."""

from __future__ import annotations

from .model import Column
from .registry import REGISTRY

TABLES: dict[str, tuple[str, str]] = {
    "patients": ("patient", "patient"),
    "administrations": ("treatment", "traitement"),
    "scans": ("scan", "examen d'imagerie"),
    "lesions": ("lesion", "lésion"),
    "measurements": ("reading of a lesion", "mesure d'une lésion"),
    "uptake": ("uptake of a lesion", "fixation d'une lésion"),
    "symptoms": ("symptom", "symptôme"),
    "adverse_events": ("adverse event", "événement indésirable"),
    "therapies": ("other therapy", "autre traitement"),
    "follow_up": ("follow-up", "suivi"),
    "markers": ("tumour marker", "marqueur tumoral"),
    "responses": ("recorded response", "réponse enregistrée"),
}

FRENCH: dict[str, str] = {
    "activity_gbq": "activité administrée (GBq)",
    "administration_date": "date d'administration",
    "administration_id": "identifiant de l'administration",
    "adverse_event_id": "identifiant de l'événement",
    "assessment": "évaluation",
    "birth_year": "année de naissance",
    "body_region": "région examinée",
    "carcinoid_syndrome": "syndrome carcinoïde",
    "category": "système ou catégorie",
    "cause": "cause du symptôme",
    "cause_of_death": "cause du décès",
    "centre": "centre",
    "cga_xuln": "chromogranine A (× limite supérieure)",
    "contrast": "injection de contraste",
    "ctcae_grade": "grade CTCAE",
    "cycle_number": "numéro de cure",
    "density_hu": "densité (UH)",
    "diagnosis_date": "date du diagnostic",
    "ecog": "indice de performance ECOG",
    "end_date": "date de fin",
    "evaluator": "lecteur",
    "follow_up_date": "date des nouvelles",
    "follow_up_id": "identifiant du suivi",
    "functioning": "tumeur fonctionnelle",
    "grade": "grade OMS",
    "hiaa_xuln": "5-HIAA urinaire (× limite supérieure)",
    "intent": "intention",
    "ki67_percent": "Ki-67 (%)",
    "kind": "sorte de réponse",
    "krenning": "score de Krenning",
    "lesion_id": "identifiant de la lésion",
    "liver_sulmean": "SUL moyen du foie",
    "liver_suvmean": "SUV moyen du foie",
    "longest_diameter_um": "grand axe (mm)",
    "marker": "marqueur",
    "marker_date": "date du prélèvement",
    "marker_id": "identifiant du dosage",
    "measured_in": "unité",
    "measurement_id": "identifiant de la mesure",
    "merged_date": "date de la fusion",
    "merged_into": "fusionnée avec",
    "mesenteric": "imputé à la masse mésentérique",
    "mesenteric_mass": "masse mésentérique",
    "modality": "modalité",
    "nodal": "ganglion",
    "organ": "organe",
    "patient_id": "patient",
    "primary_resected": "primitif réséqué",
    "primary_site": "site du primitif",
    "prior_lines": "lignes antérieures",
    "prior_local_therapy": "traitement local antérieur",
    "product": "produit",
    "registration_date": "date d'entrée dans le registre",
    "response": "réponse",
    "response_date": "date de la réponse",
    "response_id": "identifiant de la réponse",
    "retractile": "aspect rétractile",
    "role": "rôle",
    "scan_date": "date de l'examen",
    "scan_id": "identifiant de l'examen",
    "sex": "sexe",
    "short_axis_um": "petit axe (mm)",
    "site": "site",
    "slice_thickness_mm": "épaisseur de coupe (mm)",
    "specimen": "prélèvement",
    "split_from": "issue de la lésion",
    "stage": "stade",
    "start_date": "date de début",
    "status": "état de la lésion",
    "sulpeak": "SULpeak",
    "suvmax": "SUV maximal",
    "symptom_date": "date de la visite",
    "symptom_id": "identifiant du symptôme",
    "term": "terme",
    "therapy_id": "identifiant du traitement",
    "tracer": "traceur",
    "type": "type de traitement",
    "upper_limit": "limite supérieure de la normale",
    "uptake_id": "identifiant de la fixation",
    "value": "valeur",
    "vital_status": "statut vital",
}


def table_label(table: str, lang: str) -> str:
    """Return what one row of a registry table is called."""
    return TABLES[table][lang == "fr"]


def column_label(table: str, column: str, lang: str) -> str:
    """Return what a column is called, with its unit as people use it."""
    if lang == "fr":
        return FRENCH[column]
    contract: Column = REGISTRY[table].column(column)
    if contract.unit == "um":
        return f"{column.removesuffix('_um').replace('_', ' ')} (mm)"
    return column.replace("_", " ")
