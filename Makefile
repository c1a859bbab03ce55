# `make study` sets up and runs the study, `make test` sets up and runs the tests. Nothing is installed outside .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help study test nightly lint format lock clean setup setup-test docs site pictures

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

study: setup ## set up, register the cut if it is new, run the study
	@$(BIN)/mesenluth run

test: setup-test ## set up and run all tests
	@$(BIN)/python -m pytest

nightly: setup-test ## 14 kinds of damaged input, 750 of each (`test` tries 10), and 50 runs that are killed (`test`: 1)
	@MESENLUTH_FUZZ=750 MESENLUTH_FAULTS=50 $(BIN)/python -m pytest tests/unit/hostile tests/workflow/test_workflow_faults.py

lint: setup-test ## formatting, linters, type checker, snakemake --lint
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/snakefmt --check Snakefile rules
	@$(BIN)/mypy
	@$(BIN)/mesenluth register > /dev/null
	@$(BIN)/snakemake --lint

format: setup-test ## format everything
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format . && $(BIN)/snakefmt Snakefile rules

lock: ## resolve the pinned locks anew (needs uv on the PATH)
	@uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  pyproject.toml --extra cdisc --group build --group dev -o envs/test.lock
	@uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  pyproject.toml --group build -c envs/test.lock -o envs/study.lock

setup: ## virtual environment for running studies
	@$(PYTHON) envs/setup.py study

setup-test: ## virtual environment for running studies and tests
	@$(PYTHON) envs/setup.py test

docs: setup-test ## write the generated pages of the docs
	@$(BIN)/python -m mesenluth.tables.dictionary > docs/data_dictionary.md
	@$(BIN)/python -m mesenluth.report.reference definitions > docs/definitions.md
	@$(BIN)/python -m mesenluth.report.reference quality > docs/quality.md
	@$(BIN)/python -m mesenluth.simulate.score > docs/quality_scores.md
	@$(BIN)/python -m mesenluth.adam.dictionary > docs/adam_variables.md
	@$(BIN)/python benchmarks/facts.py > docs/measured.md

site: setup-test ## build the docs as a site into site/, offline, links checked
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

pictures: setup ## run two studies and make the pictures of the docs from their figures
	@$(BIN)/mesenluth run
	@$(BIN)/mesenluth run --study studies/intracranial.yaml
	@$(BIN)/python -m mesenluth.report.pictures docs/images
	@$(BIN)/python -m mesenluth.report.moved > docs/moved.md

clean: ## remove results of runs; registered cuts stay
	@rm -rf results/* .snakemake
