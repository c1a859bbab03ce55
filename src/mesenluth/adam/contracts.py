"""Contracts of the ADaM data sets, after ADaMIG 1.3 and the CDISC oncology supplements for tumour response.

Names, labels and terms are those of the guides where they have one. What the guides leave to the study (`Own`) ends
in no suffix they reserve.
"""

from __future__ import annotations

from ..endpoints.censoring import RULE_SETS
from .model import Codelist, Dataset, Variable

NY = Codelist("NY", ("N", "Y"), "NY", ("No", "Yes"))
YES = Codelist("Y", ("Y",), "NY", ("Yes",))
SEX = Codelist("SEX", ("F", "M", "U"), "SEX", ("Female", "Male", "Unknown"))
AGEU = Codelist("AGEU", ("YEARS",), "AGEU")
RACE = Codelist("RACE", ("NOT REPORTED",), "RACE")
EVAL = Codelist("EVAL", ("ADJUDICATOR", "INDEPENDENT ASSESSOR", "INVESTIGATOR"), "EVAL")
GROUP = Codelist("TRGRPID", ("NEW", "NON-TARGET", "TARGET"))
TEST = Codelist(
    "TRTESTCD", ("LDIAM", "LNSTATE", "LPERP", "SUMDIAM", "TUMSTATE"), "TRTESTCD",
    ("Longest Diameter", "Lymph Node State", "Longest Perpendicular", "Sum of Diameter", "Tumor State"),
)  # fmt: skip
RULES = Codelist("RULESET", tuple(sorted(r.upper() for r in RULE_SETS)))
RESPONSE = Codelist(
    "RESPONSE", ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "MISSING", "NED", "N", "Y"), "ONCRSR",
    ("Complete response", "Partial response", "Stable disease", "Neither complete response nor progression",
     "Progressive disease", "Not evaluable", "No assessment", "No evidence of disease", "No", "Yes"),
)  # fmt: skip
RESPONSE_CODES = {"CR": 1, "PR": 2, "SD": 3, "NON-CR/NON-PD": 4, "PD": 5, "NE": 6, "MISSING": 7, "NED": 8}
"""AVAL of each response, as admiralonco numbers them; NED, which it has not, comes last."""

STUDYID = Variable(
    "STUDYID", "Study Identifier", "text", "id of the study file, in capitals", "Req", True, origin="Assigned"
)
USUBJID = Variable(
    "USUBJID", "Unique Subject Identifier", "text", "pseudonym of the patient", "Req", True, origin="Predecessor"
)
SUBJID = Variable(
    "SUBJID", "Subject Identifier for the Study", "text", "pseudonym of the patient", "Req", True, origin="Predecessor"
)
SITEID = Variable(
    "SITEID", "Study Site Identifier", "text", "code of the treating centre", "Req", True, origin="Predecessor"
)
SAFFL = Variable(
    "SAFFL",
    "Safety Population Flag",
    "text",
    "Y: at least one administration of the study treatment",
    "Cond",
    True,
    1,
    NY,
)
FASFL = Variable(
    "FASFL",
    "Full Analysis Set Population Flag",
    "text",
    "Y: meets every criterion of eligibility; all subjects here do",
    "Cond",
    True,
    1,
    NY,
)
EFFFL = Variable(
    "EFFFL",
    "Efficacy Population Flag",
    "text",
    "Y: best response in the primary compartment, by the primary evaluator, is none of NE, MISSING, NED",
    "Cond",
    True,
    1,
    NY,
)
TRTSDT = Variable(
    "TRTSDT",
    "Date of First Exposure to Treatment",
    "date",
    "first administration of the study treatment: day 0",
    "Cond",
)
TRTEDT = Variable(
    "TRTEDT", "Date of Last Exposure to Treatment", "date", "last administration of the study treatment", "Cond"
)

ADSL = Dataset(
    "ADSL",
    "Subject-Level Analysis Dataset",
    "One record per analysed subject",
    "SUBJECT LEVEL ANALYSIS DATASET",
    (
        STUDYID, USUBJID, SUBJID, SITEID,
        Variable("AGE", "Age", "integer", "year of day 0 minus year of birth", "Req"),
        Variable("AGEU", "Age Units", "text", "YEARS where AGE is known", "Req", False, 5, AGEU, "Assigned"),
        Variable("SEX", "Sex", "text", "of the registry; U where not recorded", "Req", True, 1, SEX, "Predecessor"),
        Variable("RACE", "Race", "text", "not collected", "Req", True, 12, RACE, "Assigned"),
        SAFFL, FASFL, EFFFL,
        Variable("ARM", "Description of Planned Arm", "text", "label of the study treatment", "Req", True, origin="Assigned"),
        Variable("TRT01P", "Planned Treatment for Period 01", "text", "label of the study treatment", "Req", True, origin="Assigned"),
        Variable("TRT01A", "Actual Treatment for Period 01", "text", "products given that are the study treatment", "Cond"),
        TRTSDT, TRTEDT,
        Variable("TRTDURD", "Total Treatment Duration (Days)", "integer", "TRTEDT - TRTSDT + 1"),
        Variable("NADMIN", "Number of Administrations", "integer", "administrations of the study treatment", "Own"),
        Variable("CUMDOSE", "Cumulative Dose", "float", "sum of the activities given; missing where one is unknown", "Own"),
        Variable("CUMDOSEU", "Cumulative Dose Units", "text", "GBq where CUMDOSE is known", "Own", origin="Assigned"),
        Variable("DIAGDT", "Date of Diagnosis", "date", "of the registry", "Own", origin="Predecessor"),
        Variable("PRIMSITE", "Primary Tumour Site", "text", "of the registry", "Own", origin="Predecessor"),
        Variable("STAGEBL", "Extent of Disease at Baseline", "text", "of the registry", "Own", origin="Predecessor"),
        Variable("GRADEBL", "WHO Grade at Baseline", "text", "of the registry", "Own", origin="Predecessor"),
        Variable("KI67BL", "Ki-67 Index at Baseline (%)", "float", "of the registry", "Own", origin="Predecessor"),
        Variable("ECOGBL", "ECOG Performance Status at Baseline", "integer", "of the registry", "Own", origin="Predecessor"),
        Variable("FUNCFL", "Functioning Tumour Flag", "text", "of the registry; missing where not known", "Own", False, 1, NY, "Predecessor"),
        Variable("CARSYNFL", "Carcinoid Syndrome Flag", "text", "of the registry; missing where not known", "Own", False, 1, NY, "Predecessor"),
        Variable("PRIMRSFL", "Primary Tumour Resected Flag", "text", "of the registry; missing where not known", "Own", False, 1, NY, "Predecessor"),
        Variable("PRLINES", "Number of Prior Lines of Therapy", "integer", "of the registry", "Own", origin="Predecessor"),
        Variable("CGABL", "Chromogranin A at Baseline (xULN)", "float", "of the registry", "Own", origin="Predecessor"),
        Variable("HIAABL", "Urinary 5-HIAA at Baseline (xULN)", "float", "of the registry", "Own", origin="Predecessor"),
        Variable("NACTDT", "Date of New Anticancer Therapy", "date", "first therapy of response.new_therapies after day 0, by the data cut", "Own"),
        Variable("DTHFL", "Subject Death Flag", "text", "Y: a death by the data cut", "Cond", False, 1, YES),
        Variable("DTHDT", "Date of Death", "date", "first death recorded by the data cut", "Cond"),
        Variable("DTHCAUS", "Cause of Death", "text", "of the registry, with that death", origin="Predecessor"),
        Variable("LSTALVDT", "Date Last Known Alive", "date", "last dated record that shows the patient alive, by the data cut"),
        Variable("DCUTDT", "Date of Data Cut", "date", "cut.date of the study file", "Own", True, origin="Assigned"),
    ),
    key=("USUBJID",),
)  # fmt: skip

ASEQ = Variable(
    "ASEQ",
    "Analysis Sequence Number",
    "integer",
    "place of the record in the data set, within the subject, from 1",
    "Perm",
    True,
)
TRT = (
    Variable("TRTP", "Planned Treatment", "text", "ADSL.TRT01P", "Cond", True, origin="Predecessor"),
    Variable("TRTA", "Actual Treatment", "text", "ADSL.TRT01A", "Cond", origin="Predecessor"),
    TRTSDT, SAFFL, FASFL, EFFFL,
)  # fmt: skip
PARAMETER = (
    Variable("PARAM", "Parameter", "text", "in words, with the unit, the compartment and the evaluator", "Req", True, origin="Assigned"),
    Variable("PARAMCD", "Parameter Code", "text", "see the rule of parameter codes", "Req", True, 8, origin="Assigned"),
    Variable("PARAMN", "Parameter (N)", "integer", "number of the parameter", "Perm", True, origin="Assigned"),
    Variable("PARCAT1", "Parameter Category 1", "text", "kind of parameter", "Perm", True, origin="Assigned"),
    Variable("PARCAT2", "Parameter Category 2", "text", "label of the compartment, where the parameter is about one", origin="Assigned"),
    Variable("PARCAT3", "Parameter Category 3", "text", "evaluator, where readings decide", origin="Assigned"),
)  # fmt: skip
COMPART = Variable("COMPART", "Compartment", "text", "id of the compartment of the study file, in capitals", "Own")
ADT = Variable("ADT", "Analysis Date", "date", "", "Perm")
ADY = Variable(
    "ADY", "Analysis Relative Day", "integer", "ADT - TRTSDT, plus 1 from TRTSDT on: there is no day 0", "Perm"
)
AVISIT = Variable(
    "AVISIT", "Analysis Visit", "text", "Baseline, Assessment 1, Assessment 2, ... in the order of dates", "Cond"
)
AVISITN = Variable("AVISITN", "Analysis Visit (N)", "integer", "0 baseline, then 1, 2, ...", "Perm")
AVALU = Variable("AVALU", "Analysis Value Unit", "text", "unit of AVAL", "Own", origin="Assigned")


def _evaluator(prefix: str, domain: str) -> tuple[Variable, Variable]:
    return (
        Variable(f"{prefix}EVAL", "Evaluator", "text", f"as in {domain}: the evaluator, or INDEPENDENT ASSESSOR for a named reader", "Own", False, 40, EVAL),
        Variable(f"{prefix}EVALID", "Evaluator Identifier", "text", f"as in {domain}: name of the reader, where it is none of the terms of {prefix}EVAL", "Own"),
    )  # fmt: skip


def _dated(text: str) -> Variable:
    return Variable(ADT.name, ADT.label, ADT.type, text, ADT.core, True)


ADTR = Dataset(
    "ADTR",
    "Tumor Results Analysis Dataset",
    "One record per subject, parameter and analysis visit",
    "BASIC DATA STRUCTURE",
    (
        STUDYID, USUBJID, SUBJID, SITEID, *TRT, ASEQ, *PARAMETER, COMPART, *_evaluator("TR", "TR"),
        Variable("TRTESTCD", "Tumor/Lesion Assessment Short Name", "text", "what is measured: LDIAM or LPERP by the axis the study measures the compartment by, SUMDIAM, TUMSTATE or LNSTATE", "Own", True, 8, TEST),
        Variable("TRGRPID", "Group ID", "text", "role of the lesion", "Own", False, 10, GROUP),
        Variable("TRLNKID", "Link ID", "text", "lesion", "Own", origin="Predecessor"),
        Variable("TULOC", "Location of the Tumor/Lesion", "text", "site of the lesion, of the registry", "Own", origin="Predecessor"),
        Variable("NODALFL", "Lymph Node Flag", "text", "Y: a lymph node", "Own", False, 1, NY),
        _dated("date of the scan of the lesion; of a sum, the last date of the time point"), ADY, AVISIT, AVISITN,
        Variable("AVAL", "Analysis Value", "float", "diameter or sum of diameters in mm; 5 too small, 0 absent; a sum of those evaluated where not all were", "Cond"),
        Variable("AVALC", "Analysis Value (C)", "text", "state of a lesion that is no target", "Cond"),
        AVALU,
        Variable("BASE", "Baseline Value", "float", "AVAL at baseline", "Cond"),
        Variable("CHG", "Change from Baseline", "float", "AVAL - BASE, after baseline; missing for a part of a sum that is no progression"),
        Variable("PCHG", "Percent Change from Baseline", "float", "100 * CHG / BASE"),
        Variable("NADIR", "Nadir", "float", "smallest complete sum before this visit, baseline included", "Own"),
        Variable("CHGNAD", "Change from Nadir", "float", "AVAL - NADIR, as CHG", "Own"),
        Variable("PCHGNAD", "Percent Change from Nadir", "float", "100 * CHGNAD / NADIR; missing where NADIR is 0", "Own"),
        Variable("ABLFL", "Baseline Record Flag", "text", "Y: AVAL of this record is BASE", "Cond", False, 1, YES),
        Variable("ANL01FL", "Analysis Flag 01", "text", "Y: AVAL is there; of a sum, every target is in it", "Cond", False, 1, YES),
        Variable("TRSTATE", "State of the Lesion", "text", "what the reader saw", "Own"),
        Variable("LSDIAM", "Lesion Diameter (mm)", "float", "diameter of the lesion, targets or not", "Own"),
        Variable("IMPUTFL", "Imputed Diameter Flag", "text", "Y: the diameter stands for a state", "Own", False, 1, YES),
        Variable("NTARGET", "Number of Targets Followed", "integer", "of a sum", "Own"),
        Variable("NTARGEV", "Number of Targets Evaluated", "integer", "of a sum", "Own"),
    ),
    key=("USUBJID", "PARAMCD", "AVISITN"),
)  # fmt: skip

ADRS = Dataset(
    "ADRS",
    "Disease Response Analysis Dataset",
    "One record per subject, parameter and analysis visit",
    "BASIC DATA STRUCTURE",
    (
        STUDYID, USUBJID, SUBJID, SITEID, *TRT, ASEQ, *PARAMETER, COMPART, *_evaluator("RS", "RS"),
        Variable("ADT", "Analysis Date", "date", "date of the response by the study's convention, of the progression where PD; missing where no time point gives the best response", "Perm"),
        ADY, AVISIT, AVISITN,
        Variable("VISIT", "Visit Name", "text", "time point as the scans name it", "Own", origin="Predecessor"),
        Variable("AVAL", "Analysis Value", "integer", "CR 1, PR 2, SD 3, NON-CR/NON-PD 4, PD 5, NE 6, MISSING 7, NED 8; N 0, Y 1", "Cond", True),
        Variable("AVALC", "Analysis Value (C)", "text", "the response", "Cond", True, 20, RESPONSE),
        Variable("ASMSDT", "Start Date of the Assessment", "date", "first date of the time point", "Own"),
        Variable("ASMEDT", "End Date of the Assessment", "date", "last date of the time point", "Own"),
        Variable("ANL01FL", "Analysis Flag 01", "text", "Y: counts for the best response: not after the first progression, nor after a new therapy", "Cond", False, 1, YES),
        Variable("RULE", "Rule That Decided", "text", "id of the rule, of overall and best responses", "Own"),
    ),
    key=("USUBJID", "PARAMCD", "AVISITN"),
)  # fmt: skip

ADTTE = Dataset(
    "ADTTE",
    "Time-to-Event Analysis Dataset",
    "One record per subject and parameter",
    "BASIC DATA STRUCTURE",
    (
        STUDYID, USUBJID, SUBJID, SITEID, *TRT, ASEQ, *PARAMETER, COMPART,
        Variable("RULESET", "Censoring Rule Set", "text", "rule set of the censoring", "Own", True, 10, RULES),
        Variable("STARTDT", "Time-to-Event Origin Date for Subject", "date", "origin of the time", "Cond", True),
        _dated("date of the event or of censoring"), ADY,
        Variable("AVAL", "Analysis Value", "float", "AVALDAYS divided by the days of the study's month", "Cond", True),
        AVALU,
        Variable("AVALDAYS", "Analysis Value in Days", "integer", "ADT - STARTDT, plus 1 where time.add_one_day says so", "Own", True),
        Variable("CNSR", "Censor", "integer", "0 event, 1 censored, 2 competing event", "Cond", True),
        Variable("EVNTDESC", "Event or Censoring Description", "text", "why the time ends, in words", "Cond", True),
        Variable("CNSDTDSC", "Censor Date Description", "text", "what the date of censoring is"),
        Variable("ENDREAS", "Reason Code", "text", "why the time ends: reason_code of time_to_event", "Own", True),
        Variable("SRCDOM", "Source Data", "text", "data set that holds the date", length=8),
        Variable("SRCVAR", "Source Variable", "text", "its variable", length=8),
        Variable("SRCSEQ", "Source Sequence Number", "integer", "ASEQ of its record", "Perm"),
        Variable("ANL01FL", "Analysis Flag 01", "text", "Y: the study's own rule set and primary evaluator", "Cond", False, 1, YES),
    ),
    key=("USUBJID", "PARAMCD"),
)  # fmt: skip

DATASETS: dict[str, Dataset] = {d.name.lower(): d for d in (ADSL, ADTR, ADRS, ADTTE)}
"""Every ADaM data set by the name of its file."""
