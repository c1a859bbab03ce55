"""From validated registry tables to responses: eligibility, RECIST 1.1, and every other response of a patient.

Pure functions from tables to tables; nothing here reads a file, a configuration file or a clock.
"""
