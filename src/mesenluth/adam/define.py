"""Define-XML 2.1 of the exports: data sets, variables, code lists, parameters and derivations, from the contracts."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from typing import Any

import pandas as pd

from .. import __version__
from .dataset_json import group_oid, item_oid, study_oid, version_oid
from .model import Codelist, Dataset, Variable

ODM = "http://www.cdisc.org/ns/odm/v1.3"
DEF = "http://www.cdisc.org/ns/def/v2.1"
XLINK = "http://www.w3.org/1999/xlink"
XML = "http://www.w3.org/XML/1998/namespace"
STANDARD = ("STD.ADAMIG", "ADaMIG", "1.3")


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    """Add an element; `def_X` is attribute X of the define namespace, `xlink_X` of xlink."""
    spaces = {"def": DEF, "xlink": XLINK}
    named = {}
    for key, value in attributes.items():
        space, _, rest = key.partition("_")
        named[f"{{{spaces[space]}}}{rest}" if space in spaces and rest else key] = value
    space, _, rest = name.partition(":")
    child = ET.SubElement(parent, f"{{{DEF}}}{rest}" if rest else f"{{{ODM}}}{name}", named)
    child.text = text or None
    return child


def _described(parent: ET.Element, text: str) -> None:
    _add(_add(parent, "Description"), "TranslatedText", text).set(f"{{{XML}}}lang", "en")


def _method(dataset: Dataset, variable: Variable) -> str:
    return f"MT.{dataset.name}.{variable.name}"


def _list_oid(dataset: Dataset, variable: Variable) -> str:
    return f"CL.{dataset.name}.PARAMCD" if variable.name == "PARAMCD" else f"CL.{variable.codelist.name}"  # type: ignore[union-attr]


def _groups(version: ET.Element, dataset: Dataset, suffix: str) -> None:
    file = f"{dataset.name.lower()}.{suffix}"
    group = _add(
        version, "ItemGroupDef", OID=group_oid(dataset), Name=dataset.name,
        Repeating="No" if dataset.key == ("USUBJID",) else "Yes", IsReferenceData="No", SASDatasetName=dataset.name,
        Purpose="Analysis", def_StandardOID=STANDARD[0], def_Structure=dataset.structure,
        def_ArchiveLocationID=f"LF.{dataset.name}",
    )  # fmt: skip
    _described(group, dataset.label)
    for number, variable in enumerate(dataset.variables, 1):
        item = _add(
            group, "ItemRef", ItemOID=item_oid(dataset, variable), OrderNumber=str(number),
            Mandatory="Yes" if variable.required else "No",
        )  # fmt: skip
        if variable.name in dataset.key:
            item.set("KeySequence", str(dataset.key.index(variable.name) + 1))
        if variable.origin == "Derived":
            item.set("MethodOID", _method(dataset, variable))
    _add(group, "def:Class", Name=dataset.kind)
    leaf = _add(group, "def:leaf", ID=f"LF.{dataset.name}", xlink_href=file)
    _add(leaf, "def:title", file)


def _items(version: ET.Element, dataset: Dataset, lengths: Mapping[str, int]) -> None:
    for variable in dataset.variables:
        kind = "integer" if variable.type == "date" else variable.type
        item = _add(
            version, "ItemDef", OID=item_oid(dataset, variable), Name=variable.name, SASFieldName=variable.name,
            DataType=kind, Length=str(max(1, lengths[variable.name]) if kind == "text" else 8),
        )  # fmt: skip
        if variable.format:
            item.set(f"{{{DEF}}}DisplayFormat", variable.format)
        _described(item, variable.label)
        if variable.codelist or variable.name == "PARAMCD":
            _add(item, "CodeListRef", CodeListOID=_list_oid(dataset, variable))
        origin = _add(item, "def:Origin", Type=variable.origin)
        if variable.origin != "Predecessor":
            origin.set("Source", "Sponsor")
        _described(origin, variable.source)


def _codelist(version: ET.Element, oid: str, name: str, pairs: Mapping[str, str]) -> None:
    found = _add(version, "CodeList", OID=oid, Name=name, DataType="text")
    for term, decode in pairs.items():
        if decode:
            item = _add(found, "CodeListItem", CodedValue=term)
            _add(_add(item, "Decode"), "TranslatedText", decode).set(f"{{{XML}}}lang", "en")
        else:
            _add(found, "EnumeratedItem", CodedValue=term)


def _terms(codelist: Codelist) -> dict[str, str]:
    decodes = codelist.decodes or ("",) * len(codelist.terms)
    return dict(zip(codelist.terms, decodes, strict=True))


def encode(
    frames: Mapping[str, pd.DataFrame],
    datasets: Mapping[str, Dataset],
    lengths: Mapping[str, int],
    study: Mapping[str, Any],
    suffix: str,
) -> bytes:
    """Return the define file of the exports.

    Parameters
    ----------
    frames, datasets : mapping
        Data sets and their contracts, by the name of their file.
    lengths : mapping of str to int
        Bytes of each text variable.
    study : mapping
        Sections study and cut. The date of the cut stands where the format asks for the time of making.
    suffix : str
        Format of the files that the define file points to.
    """
    for prefix, uri in (("", ODM), ("def", DEF), ("xlink", XLINK)):
        ET.register_namespace(prefix, uri)
    about = study["study"]
    root = ET.Element(
        f"{{{ODM}}}ODM",
        {
            "FileType": "Snapshot", "FileOID": f"{about['id']}.{study['cut']['date']}.define", "ODMVersion": "1.3.2",
            "CreationDateTime": f"{study['cut']['date']}T00:00:00", "Originator": "mesenluth",
            "SourceSystem": "mesenluth", "SourceSystemVersion": __version__, f"{{{DEF}}}Context": "Other",
        },
    )  # fmt: skip
    top = _add(root, "Study", OID=study_oid(study))
    names = _add(top, "GlobalVariables")
    _add(names, "StudyName", about["id"])
    _add(names, "StudyDescription", f"{about['title']['en']}. {about['notice']['en']}")
    _add(names, "ProtocolName", about["id"])
    version = _add(
        top, "MetaDataVersion", OID=version_oid(study), Name=f"ADaM data sets of {about['id']}",
        def_DefineVersion="2.1.0",
    )  # fmt: skip
    standards = _add(version, "def:Standards")
    _add(standards, "def:Standard", OID=STANDARD[0], Name=STANDARD[1], Type="IG", Version=STANDARD[2], Status="Final")
    for name in frames:
        _groups(version, datasets[name], suffix)
    for name in frames:
        _items(version, datasets[name], lengths)
    lists = {v.codelist.name: v.codelist for n in frames for v in datasets[n].variables if v.codelist}
    for codelist in lists.values():
        _codelist(version, f"CL.{codelist.name}", codelist.standard or codelist.name, _terms(codelist))
    for name, frame in frames.items():
        if "PARAMCD" in frame:
            pairs = frame[["PARAMN", "PARAMCD", "PARAM"]].drop_duplicates().sort_values("PARAMN")
            named = dict(zip(pairs["PARAMCD"], pairs["PARAM"], strict=True)) or {"NONE": "No record"}
            _codelist(version, f"CL.{datasets[name].name}.PARAMCD", f"Parameters of {datasets[name].name}", named)
    for name in frames:
        for variable in datasets[name].variables:
            if variable.origin == "Derived":
                words = f"Derivation of {datasets[name].name}.{variable.name}"
                oid = _method(datasets[name], variable)
                _described(_add(version, "MethodDef", OID=oid, Name=words, Type="Computation"), variable.source)
    ET.indent(root)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"
