# `make demo` and `make test` are all you need: each sets up .venv, Kafka and everything else first.
.PHONY: help setup demo test test-fast check lint format clean
.DEFAULT_GOAL := help
BIN := .venv/bin

help: ## What there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

setup: ## Python packages into .venv, Kafka's jars into the user's cache; done once
	@scripts/setup.sh

demo: setup ## The whole pipeline on made-up traffic, or on a file: make demo DATA=interactions.jsonl.gz
	@$(BIN)/headrace demo $(if $(DATA),--data "$(DATA)")

test: setup ## Every test, on a real Kafka
	@$(BIN)/pytest -n 2 --dist worksteal

test-fast: setup ## The tests that need no Kafka and little time: a minute or two
	@$(BIN)/pytest -m "not broker and not slow" -n auto

check: ## What CI runs: lint, types, import contracts, every test
	@scripts/check.sh

lint: setup ## Lint, types and import contracts
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

format: setup ## Lay the code out
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

clean: ## Remove what was built; caches of Maven and Kafka's jars stay
	rm -rf .venv build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
