"""Rules, findings, quarantine and the gate: which rows may be analysed, and why others may not."""
