"""The report: tables and sentences, written from computed tables only."""
