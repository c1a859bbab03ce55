"""Rules, findings, quarantine and the gate: which registry rows may be analysed, and why the others may not."""
