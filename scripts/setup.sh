#!/usr/bin/env bash
# Everything a clone needs, once: .venv with pinned packages, and Kafka's jars. Ends at once when nothing changed.
set -euo pipefail
cd "$(dirname "$0")/.."

stamp=.venv/.headrace-setup
missing() { printf 'headrace: %s\n' "$*" >&2; exit 1; }

up_to_date() {
    [ -e "$stamp" ] && [ ! pyproject.toml -nt "$stamp" ] && [ ! constraints.txt -nt "$stamp" ] &&
        [ ! setup.py -nt "$stamp" ] && [ -z "$(find headrace consumers -name "*.[ch]" -newer "$stamp")" ] &&
        [ ! headrace/broker/pom.xml -nt "$stamp" ]
}

find_python() {
    for candidate in "${PYTHON:-}" python3.11 python3.12 python3.13 python3; do
        if [ -n "$candidate" ] && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s' "$candidate"
            return
        fi
    done
    missing "no Python 3.11 or later was found; install one, or name it: PYTHON=/path/to/python3.12 make setup"
}

if up_to_date; then exit 0; fi
python=$(find_python)
if [ ! -x .venv/bin/python ]; then
    "$python" -m venv .venv || missing "$python cannot make a virtual environment (Debian: apt install python3-venv)"
fi
echo "installing packages into .venv"
.venv/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]' ||
    missing "pip could not install the packages; its own words are above"
if [ -z "${HEADRACE_BOOTSTRAP_SERVERS:-}" ]; then
    echo "fetching Kafka"
    .venv/bin/python -m headrace.broker
fi
touch "$stamp"
