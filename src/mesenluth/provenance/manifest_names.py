"""Names of a run's own records."""

FOLDER = "provenance"
MANIFEST, RUN = "manifest.json", "run.json"
RESULTS = "results/"
"""Prefix of artifacts in a manifest, whatever the folder is called that the study writes to."""
