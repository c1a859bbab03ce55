"""Every rule of conformance sees the mistake it is there for."""

import pandas as pd
import pytest
from adam_samples import DATASETS, sample

from mesenluth.adam.conformance import check, of_contract, problems
from mesenluth.adam.model import Codelist, Dataset, Variable
from mesenluth.errors import TableError

LATER = pd.Timedelta(1, "D")


def broken(name, change):
    """Problems of the default study's exports after `change` of one data set."""
    frames = {n: f.copy() for n, f in sample("mesenluth").frames.items()}
    frames[name] = change(frames[name])
    return problems(frames, DATASETS)


def at(column, where, value):
    def change(frame):
        row = frame.index[where(frame)][0]
        frame[column] = frame[column].astype(object)
        frame.loc[row, column] = value(frame.loc[row, column]) if callable(value) else value
        return frame.astype({column: sample("mesenluth").frames[NAME[0]][column].dtype})

    return change


NAME = [""]


@pytest.mark.parametrize(
    ("name", "column", "where", "value", "says"),
    [
        ("adtr", "CHG", lambda f: f["CHG"].notna(), lambda v: v + 0.01, "ADTR: CHG is not AVAL - BASE"),
        ("adtr", "PCHG", lambda f: f["PCHG"].notna(), lambda v: v + 0.01, "ADTR: PCHG is not 100 * CHG / BASE"),
        ("adtr", "AVAL", lambda f: f["ABLFL"] == "Y", lambda v: v + 1, "ADTR: BASE is not AVAL where ABLFL is Y"),
        ("adtr", "BASE", lambda f: f["AVISITN"] == 2, lambda v: v + 1, "ADTR: a subject has several BASE of a parameter"),
        ("adtr", "ABLFL", lambda f: f["ABLFL"] == "Y", None, "ADTR: BASE without a record of ABLFL Y"),
        ("adtr", "AVISIT", lambda f: f["AVISITN"] == 2, "Baseline", "ADTR: one AVISIT has several AVISITN"),
        ("adrs", "AVAL", lambda f: f["AVALC"] == "SD", 2, "ADRS: one AVALC has several AVAL"),
        ("adrs", "AVALC", lambda f: f["AVALC"] == "SD", "STABLE", "ADRS.AVALC: 'STABLE' is no term of RESPONSE"),
        ("adrs", "PARAM", lambda f: f["PARAMCD"] == "OVR", "Response", "ADRS: one PARAMCD has several PARAM"),
        ("adrs", "PARCAT2", lambda f: f["PARAMCD"] == "OVR", "Liver", "ADRS: one PARAM has several PARCAT2"),
        ("adrs", "ADY", lambda f: f["ADY"] > 1, lambda v: v - 1, "ADRS: ADY is not ADT - TRTSDT"),
        ("adrs", "ASEQ", lambda f: f["ASEQ"] == 2, 1, "ADRS: ASEQ is not unique within a subject"),
        ("adrs", "VISIT", lambda f: f["VISIT"].notna(), " B01", "ADRS.VISIT: a text begins or ends with a blank"),
        ("adrs", "VISIT", lambda f: f["VISIT"].notna(), "B" * 201, "ADRS.VISIT: a text of 201 bytes, 200 are allowed"),
        ("adrs", "USUBJID", lambda f: f["ASEQ"] == 1, "nobody", "ADRS: a subject that is not in ADSL"),
        ("adtte", "CNSR", lambda f: f["CNSR"] == 0, -1, "ADTTE: CNSR is negative"),
        ("adtte", "ADT", lambda f: f["AVALDAYS"] > 0, pd.Timestamp("1999-01-01"), "ADTTE: ADT lies before STARTDT"),
        ("adtte", "CNSDTDSC", lambda f: f["CNSR"] == 0, "Death", "ADTTE: CNSDTDSC of an event"),
        ("adtte", "SRCDOM", lambda f: f["SRCVAR"].notna(), None, "ADTTE: SRCVAR or SRCSEQ without SRCDOM"),
        ("adsl", "DTHFL", lambda f: f["DTHFL"] == "Y", None, "ADSL: DTHFL and DTHDT disagree"),
        ("adsl", "SEX", lambda f: f["SEX"] == "F", "W", "ADSL.SEX: 'W' is no term of SEX"),
    ],
)  # fmt: skip
def test_a_rule_sees_its_mistake(name, column, where, value, says):
    NAME[0] = name
    found = broken(name, at(column, where, value))
    assert any(p.startswith(says) for p in found), found


def test_a_second_baseline_is_seen():
    def twice(frame):
        first = frame[frame["ABLFL"] == "Y"].iloc[:1]
        return pd.concat([frame, first.assign(ASEQ=9999)], ignore_index=True)

    assert "ADTR: a subject has several baseline records of a parameter" in broken("adtr", twice)


@pytest.mark.parametrize(
    ("variable", "says"),
    [
        (Variable("lower", "L", "text", ""), "a name has 1 to 8 capitals"),
        (Variable("NINELONGS", "L", "text", ""), "a name has 1 to 8 capitals"),
        (Variable("NAME", "x" * 41, "text", ""), "a label has 1 to 40"),
        (Variable("NAME", "Schéma", "text", ""), "a label has 1 to 40"),
        (Variable("NAME", "L", "text", "", length=201), "a text has 1 to 200 bytes"),
        (Variable("DEATHDT", "L", "text", ""), "*DT is a date"),
        (Variable("FLAGFL", "L", "text", "", length=1), "*FL is a flag"),
        (Variable("FLAGFL", "L", "integer", "", codelist=Codelist("NY", ("Y",))), "*FL is a flag"),
    ],
)
def test_a_contract_that_breaks_a_rule_is_seen(variable, says):
    found = list(of_contract(Dataset("X", "X", "", "BASIC DATA STRUCTURE", (variable,), (variable.name,))))
    assert any(says in p for p in found)
    assert "X.PARAMCD is required" in found and "X: AVAL or AVALC is required" in found


@pytest.mark.parametrize("name", DATASETS)
def test_our_contracts_break_none(name):
    assert list(of_contract(DATASETS[name])) == []


@pytest.mark.parametrize("name", DATASETS)
def test_a_variable_is_the_same_in_every_data_set(name):
    """A name stands for one label and one type: ADaM asks for it, and so do programs that merge."""
    told = {"AVAL"}  # a count of months or mm, and the number of a response
    for variable in DATASETS[name].variables:
        for other in DATASETS.values():
            for same in other.variables:
                if same.name == variable.name:
                    assert same.label == variable.label
                    assert same.name in told or same.type == variable.type


def test_exports_that_break_a_rule_are_not_written():
    frames = {n: f.copy() for n, f in sample("mesenluth").frames.items()}
    check(frames, DATASETS)
    frames["adtte"]["CNSR"] = -1
    with pytest.raises(TableError, match="(?s)ADTTE: CNSR is negative.*exports.adam to"):
        check(frames, DATASETS)
