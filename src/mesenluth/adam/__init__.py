"""Exports for CDISC: ADSL, ADTR, ADRS and ADTTE as Parquet, Dataset-JSON 1.1, NDJSON and SAS transport (XPT v5)."""
