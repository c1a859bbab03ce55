"""Contract of what the exports say of themselves."""

from __future__ import annotations

from .model import Column, Table

XPT_TEXT_CHANGES = Table(
    "xpt_text_changes",
    "one text that a SAS transport file holds another way",
    "SAS transport files hold ASCII alone: each value of the ADaM data sets that is written there without its accents"
    " or signs (`exports.xpt_text`). All other formats hold the text as it is. Empty where nothing is changed.",
    (
        Column("dataset", "string", "ADaM data set", required=True),
        Column("variable", "string", "variable", required=True),
        Column("value", "string", "the text as it is", required=True),
        Column("written", "string", "the text in the transport file", required=True),
        Column("records", "int", "records that hold it", required=True),
        Column("lost", "bool", "a character has no counterpart and stands as a question mark", required=True),
    ),
    key=("dataset", "variable", "value"),
)
