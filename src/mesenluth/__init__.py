"""Compartment-wise tumour response from oncology registries."""

__version__ = "0.1.0"
