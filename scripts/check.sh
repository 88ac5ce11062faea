#!/usr/bin/env bash
# What CI runs, in the order in which it is quickest to know.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh
export PATH="$PWD/.venv/bin:$PATH"
set -x
ruff check .
ruff format --check .
mypy
lint-imports
headrace sanitize --evaluate --size 30
pytest -n 2 --dist worksteal "$@"
