"""Contracts of the registry tables: what any source is mapped to.

Each row carries `record_id` (``<source table>:<key>:<first 16 hex digits of the row's SHA-256>``), so that
every derived value can be followed back to the record it came from. Diameters are whole micrometres.
Dates are calendar dates; a value that is only partly known is missing here and a finding elsewhere.
"""

from __future__ import annotations

from .model import Column, Table

RECORD_ID = Column("record_id", "string", "source table, key there, and hash of the source row", required=True)
PATIENT_ID = Column("patient_id", "string", "pseudonym of the patient", required=True, cdisc="USUBJID")
EVALUATOR = Column(
    "evaluator", "string", "who read the images; each reader is a series of its own", required=True,
    cdisc="TREVAL/TREVALID",
)  # fmt: skip

YES_NO_UNKNOWN = "missing where the registry does not know"
BY_SLICES = {"column": "modality", "in": ["CT", "MRI", "PET-CT", "PET-MRI"]}
"""Scans that have slices and may have contrast."""
CLINICAL_VALUES = ("IMPROVED", "UNCHANGED", "WORSENED")
"""What an investigator's global clinical assessment may say."""

PATIENTS = Table(
    "patients",
    "one patient",
    "Who the patient is, without identity, and the disease at the start of treatment.",
    (
        RECORD_ID,
        PATIENT_ID,
        Column("centre", "string", "code of the treating centre", required=True, cdisc="SITEID"),
        Column("sex", "string", "sex", allowed=("F", "M"), cdisc="SEX"),
        Column("birth_year", "int", "year of birth", unit="year", minimum=1900, maximum=2100),
        Column("diagnosis_date", "date", "date of diagnosis"),
        Column("registration_date", "date", "date of entry in the registry", cdisc="RFICDTC"),
        Column("primary_site", "string", "site of the primary tumour", cdisc="TULOC",
               allowed=("duodenum", "jejunum", "ileum", "small_intestine", "appendix", "colon",
                        "stomach", "pancreas", "lung", "unknown", "other")),
        Column("stage", "string", "extent of disease at the start of treatment",
               allowed=("localised", "locally_advanced", "metastatic")),
        Column("grade", "string", "WHO grade", allowed=("G1", "G2", "G3", "NEC")),
        Column("ki67_percent", "float", "Ki-67 index", unit="percent", minimum=0, maximum=100),
        Column("functioning", "bool", f"functioning tumour; {YES_NO_UNKNOWN}"),
        Column("carcinoid_syndrome", "bool", f"carcinoid syndrome; {YES_NO_UNKNOWN}"),
        Column("ecog", "int", "ECOG performance status", minimum=0, maximum=5),
        Column("primary_resected", "bool", f"primary tumour resected; {YES_NO_UNKNOWN}"),
        Column("prior_lines", "int", "lines of systemic treatment before", minimum=0, maximum=20),
        Column("cga_xuln", "float", "chromogranin A at baseline, multiple of the upper limit of normal",
               unit="xULN", minimum=0),
        Column("hiaa_xuln", "float", "urinary 5-HIAA at baseline, multiple of the upper limit of normal",
               unit="xULN", minimum=0),
    ),
    key=("patient_id",),
    cdisc="DM, ADSL",
)  # fmt: skip

ADMINISTRATIONS = Table(
    "administrations",
    "one administration of the study treatment (a PRRT cycle)",
    "The treatment whose effect is measured; its first date is day 0.",
    (
        RECORD_ID,
        Column("administration_id", "string", "name of the administration", required=True, cdisc="EXSEQ"),
        PATIENT_ID,
        Column("cycle_number", "int", "number of the cycle, from 1", minimum=1, maximum=20),
        Column("administration_date", "date", "date given", required=True, cdisc="EXSTDTC"),
        Column("product", "string", "what was given", required=True, cdisc="EXTRT"),
        Column("activity_gbq", "float", "activity given", unit="GBq", minimum=0.5, maximum=10, cdisc="EXDOSE"),
    ),
    key=("administration_id",),
    references={"patient_id": "patients.patient_id"},
    cdisc="EX",
)  # fmt: skip

SCANS = Table(
    "scans",
    "one imaging examination",
    "When and how the patient was imaged. Scans that share `assessment` are read as one time point.",
    (
        RECORD_ID,
        Column("scan_id", "string", "name of the scan", required=True),
        PATIENT_ID,
        Column("scan_date", "date", "date of the scan", required=True, cdisc="TRDTC"),
        Column("assessment", "string", "time point the scan belongs to; its own where missing", cdisc="VISIT", asked=False),
        Column("modality", "string", "how it was imaged; scintigraphy is planar", cdisc="TRMETHOD",
               allowed=("CT", "MRI", "PET-CT", "PET-MRI", "scintigraphy", "SPECT-CT", "X-ray", "ultrasound", "clinical",
                        "other")),
        Column("slice_thickness_mm", "float", "slice thickness", unit="mm", minimum=0.1, maximum=20,
               asked=BY_SLICES),
        Column("contrast", "bool", f"with contrast agent; {YES_NO_UNKNOWN}", asked=BY_SLICES),
        Column("body_region", "string", "what was imaged"),
    ),
    key=("scan_id",),
    references={"patient_id": "patients.patient_id"},
)  # fmt: skip

LESIONS = Table(
    "lesions",
    "one lesion as one evaluator follows it",
    "What was chosen to be followed, where it lies and in which role.",
    (
        RECORD_ID,
        Column("lesion_id", "string", "name of the lesion, unique over the registry", required=True, cdisc="TULNKID"),
        PATIENT_ID,
        EVALUATOR,
        Column("role", "string", "target, nontarget, or new after baseline", required=True, cdisc="TRGRPID",
               allowed=("target", "nontarget", "new")),
        Column("site", "string", "anatomical site, the finest the registry knows", cdisc="TULOC"),
        Column("organ", "string", "organ for the limit of targets an organ; all lymph nodes are one"),
        Column("nodal", "bool", "a lymph node, measured by its short axis", required=True),
        Column("mesenteric_mass", "bool", f"the mesenteric mass of a small-intestinal NET; {YES_NO_UNKNOWN}"),
        Column("retractile", "bool", f"retractile (desmoplastic) aspect; {YES_NO_UNKNOWN}", asked={"column": "mesenteric_mass", "is": True}),
        Column("prior_local_therapy", "bool", f"treated locally before baseline; {YES_NO_UNKNOWN}"),
        Column("split_from", "string", "lesion of which this one is a fragment", asked=False),
        Column("merged_into", "string", "lesion into which this one has merged", asked=False),
        Column("merged_date", "date", "from when on it cannot be told apart", asked=False),
    ),
    key=("lesion_id",),
    references={"patient_id": "patients.patient_id"},
    cdisc="TU",
)  # fmt: skip

MEASUREMENTS = Table(
    "measurements",
    "one reading of one lesion on one scan",
    "The measurement or the state of a lesion. Everything that is called a response is computed from these.",
    (
        RECORD_ID,
        Column("measurement_id", "string", "name of the reading", required=True, cdisc="TRSEQ"),
        PATIENT_ID,
        Column("lesion_id", "string", "lesion read", required=True, cdisc="TRLNKID"),
        Column("scan_id", "string", "scan read", required=True),
        Column("status", "string", "what the reader saw", required=True,
               allowed=("measured", "absent", "too_small", "not_evaluable", "present",
                        "unequivocal_progression", "equivocal")),
        Column("longest_diameter_um", "int", "longest diameter", unit="um", minimum=1, maximum=400_000,
               decimals=3, cdisc="TRSTRESN where TRTESTCD=LDIAM", asked={"column": "status", "in": ["measured"]}),
        Column("short_axis_um", "int", "short axis", unit="um", minimum=1, maximum=400_000, decimals=3,
               cdisc="TRSTRESN where TRTESTCD=LPERP", asked={"column": "status", "in": ["measured"]}),
        Column("density_hu", "float", "mean CT density (attenuation) of the lesion", unit="HU", minimum=-1024,
               maximum=3071, asked=False),
    ),
    key=("measurement_id",),
    references={
        "patient_id": "patients.patient_id",
        "lesion_id": "lesions.lesion_id",
        "scan_id": "scans.scan_id",
    },
    cdisc="TR",
)  # fmt: skip

UPTAKE = Table(
    "uptake",
    "one reading of the tracer uptake of one lesion on one scan",
    "Somatostatin-receptor (or other tracer) uptake.",
    (
        RECORD_ID,
        Column("uptake_id", "string", "name of the reading", required=True),
        PATIENT_ID,
        Column("lesion_id", "string", "lesion read", required=True),
        Column("scan_id", "string", "scan read", required=True),
        Column("tracer", "string", "tracer",
               allowed=("68Ga-DOTATATE", "68Ga-DOTATOC", "68Ga-DOTANOC", "111In-pentetreotide", "18F-FDG", "177Lu-DOTATATE")),
        Column("krenning", "int", "Krenning score: 0 none to 4 above the spleen", minimum=0, maximum=4),
        Column("suvmax", "float", "maximum standardised uptake value", unit="SUV", minimum=0, maximum=300),
        Column("liver_suvmean", "float", "mean SUV of healthy liver", unit="SUV", minimum=0, maximum=100),
        Column("sulpeak", "float", "peak uptake in a sphere of 1 cm3, normalised to lean body mass (PERCIST)",
               unit="SUL", minimum=0, maximum=300, asked=False),
        Column("liver_sulmean", "float", "mean SUL of healthy liver, of the same scan", unit="SUL", minimum=0, maximum=100, asked={"column": "sulpeak", "known": True}),
        Column("category", "string", "metabolic response since baseline as the centre recorded it",
               allowed=("CMR", "PMR", "SMD", "PMD")),
    ),
    key=("uptake_id",),
    references={
        "patient_id": "patients.patient_id",
        "lesion_id": "lesions.lesion_id",
        "scan_id": "scans.scan_id",
    },
)  # fmt: skip

SYMPTOMS = Table(
    "symptoms",
    "one symptom of one patient at one visit",
    "Symptoms with their CTCAE grade; grade 0 says that the symptom was asked for and absent.",
    (
        RECORD_ID,
        Column("symptom_id", "string", "name of the record", required=True),
        PATIENT_ID,
        Column("symptom_date", "date", "date of the visit", required=True),
        Column("term", "string", "symptom", required=True,
               allowed=("abdominal_pain", "postprandial_pain", "bloating", "subocclusive_episode",
                        "weight_loss", "nausea", "diarrhoea", "flushing", "fatigue")),
        Column("ctcae_grade", "int", "CTCAE v5 grade; 0 absent", required=True, minimum=0, maximum=5),
        Column("mesenteric", "bool", f"attributed to the mesenteric mass; {YES_NO_UNKNOWN}", asked={"column": "ctcae_grade", "at_least": 1}),
        Column("cause", "string", "cause of the symptom; missing where nobody stated one",
               allowed=("carcinoid_syndrome", "mechanical", "bile_acid", "somatostatin_analogue", "unknown"),
               asked={"column": "ctcae_grade", "at_least": 1}),
    ),
    key=("symptom_id",),
    references={"patient_id": "patients.patient_id"},
)  # fmt: skip

ADVERSE_EVENTS = Table(
    "adverse_events",
    "one adverse event",
    "Adverse events by CTCAE v5.",
    (
        RECORD_ID,
        Column("adverse_event_id", "string", "name of the event", required=True, cdisc="AESEQ"),
        PATIENT_ID,
        Column("term", "string", "CTCAE v5 term, snake_case", required=True, cdisc="AEDECOD"),
        Column("category", "string", "system",
               allowed=("gastrointestinal", "haematological", "renal", "hepatic", "vascular", "general", "other"), cdisc="AEBODSYS"),
        Column("start_date", "date", "first day", required=True, cdisc="AESTDTC"),
        Column("end_date", "date", "last day", cdisc="AEENDTC", asked=False),
        Column("ctcae_grade", "int", "CTCAE v5 grade", required=True, minimum=1, maximum=5, cdisc="AETOXGR"),
        Column("mesenteric", "bool", f"attributed to the mesenteric mass; {YES_NO_UNKNOWN}", asked={"column": "category", "in": ["gastrointestinal"]}),
    ),
    key=("adverse_event_id",),
    references={"patient_id": "patients.patient_id"},
    cdisc="AE",
)  # fmt: skip

THERAPIES = Table(
    "therapies",
    "one course of another anticancer therapy",
    "Any anticancer treatment that is not the study treatment, before or after it.",
    (
        RECORD_ID,
        Column("therapy_id", "string", "name of the course", required=True, cdisc="CMSEQ"),
        PATIENT_ID,
        Column("type", "string", "kind of therapy", required=True,
               allowed=("somatostatin_analogue", "everolimus", "sunitinib", "chemotherapy", "interferon",
                        "embolisation", "ablation", "radiotherapy", "surgery_primary", "surgery_mesenteric",
                        "surgery_other", "prrt_other", "other")),
        Column("start_date", "date", "first day", required=True, cdisc="CMSTDTC"),
        Column("end_date", "date", "last day", cdisc="CMENDTC", asked=False),
        Column("intent", "string", "why it was given", allowed=("anticancer", "symptom_control")),
    ),
    key=("therapy_id",),
    references={"patient_id": "patients.patient_id"},
    cdisc="CM, PR",
)  # fmt: skip

FOLLOW_UP = Table(
    "follow_up",
    "one news of one patient",
    "Vital status at a date. A death is a row with status `dead` and the date of death.",
    (
        RECORD_ID,
        Column("follow_up_id", "string", "name of the record", required=True),
        PATIENT_ID,
        Column("follow_up_date", "date", "date of the news, or of death", required=True, cdisc="DTHDTC/LSTALVDT"),
        Column("vital_status", "string", "status at that date", required=True,
               allowed=("alive", "dead", "lost")),
        Column("cause_of_death", "string", "cause of death", allowed=("disease", "treatment", "other", "unknown"), asked={"column": "vital_status", "in": ["dead"]}),
    ),
    key=("follow_up_id",),
    references={"patient_id": "patients.patient_id"},
    cdisc="DS, ADSL",
)  # fmt: skip

RESPONSES = Table(
    "responses",
    "one response as the registry or a reader recorded it",
    "Recorded responses. They are never used to compute an endpoint, only compared with the computed ones.",
    (
        RECORD_ID,
        Column("response_id", "string", "name of the record", required=True, cdisc="RSSEQ"),
        PATIENT_ID,
        EVALUATOR,
        Column("response_date", "date", "date of the assessment", cdisc="RSDTC"),
        Column("assessment", "string", "time point as the scans name it", cdisc="VISIT"),
        Column("kind", "string", "which response: of RECIST 1.1, or the investigator's global clinical assessment",
               required=True, cdisc="RSTESTCD",
               allowed=("overall", "target", "nontarget", "best", "confirmed_best", "clinical")),
        Column("response", "string", "recorded value; the last three of a clinical assessment alone", cdisc="RSSTRESC",
               allowed=("CR", "PR", "SD", "PD", "NON-CR/NON-PD", "NE", "NED", *CLINICAL_VALUES)),
    ),
    key=("response_id",),
    references={"patient_id": "patients.patient_id"},
    cdisc="RS",
)  # fmt: skip

MARKERS = Table(
    "markers",
    "one measurement of one tumour marker",
    "Tumour markers with the upper limit of normal of the laboratory that measured them.",
    (
        RECORD_ID,
        Column("marker_id", "string", "name of the measurement", required=True, cdisc="LBSEQ"),
        PATIENT_ID,
        Column("marker_date", "date", "date of the sample", required=True, cdisc="LBDTC"),
        Column("marker", "string", "what was measured", required=True, cdisc="LBTESTCD",
               allowed=("chromogranin_a", "5_hiaa", "nse", "pancreastatin", "neurokinin_a", "other")),
        Column("value", "float", "value in the laboratory's own unit", required=True, minimum=0, maximum=10_000_000,
               cdisc="LBSTRESN"),
        Column("upper_limit", "float", "the laboratory's upper limit of normal, in the same unit; 1 where the value is a"
               " multiple of it", minimum=0.001, maximum=1_000_000, cdisc="LBSTNRHI"),
        Column("measured_in", "string", "unit of both, as the laboratory writes it", cdisc="LBSTRESU"),
        Column("specimen", "string", "what it was measured in", cdisc="LBSPEC",
               allowed=("serum", "plasma", "urine", "other")),
    ),
    key=("marker_id",),
    references={"patient_id": "patients.patient_id"},
    cdisc="LB",
)  # fmt: skip

REGISTRY: dict[str, Table] = {
    t.name: t
    for t in (
        PATIENTS, ADMINISTRATIONS, SCANS, LESIONS, MEASUREMENTS, UPTAKE,
        SYMPTOMS, ADVERSE_EVENTS, THERAPIES, FOLLOW_UP, RESPONSES, MARKERS,
    )
}  # fmt: skip
"""Every registry table by name, referenced tables before those that refer to them."""

DATED_BY: dict[str, str] = {
    "administrations": "administration_date",
    "scans": "scan_date",
    "symptoms": "symptom_date",
    "adverse_events": "start_date",
    "therapies": "start_date",
    "follow_up": "follow_up_date",
    "responses": "response_date",
    "markers": "marker_date",
}
"""The date by which a record is known: a record dated after the data cut does not count."""
