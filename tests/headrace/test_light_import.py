"""What an agent's process pays for: `import headrace` needs neither the services' libraries nor our other packages."""

from __future__ import annotations

import subprocess
import sys

HEAVY = (
    *("duckdb", "typer", "rich", "pyarrow", "numpy", "structlog", "click", "pydantic", "scipy", "sklearn"),
    *("producers", "consumers", "analytics"),
)
BLOCKED = f"import sys\nfor name in {HEAVY!r}:\n    sys.modules[name] = None\n"
LIGHT = {"confluent_kafka", "msgspec", "msgpack", "yaml", "headrace"}


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_everything_an_agent_uses_imports_without_the_services_libraries() -> None:
    names = "set(headrace.__all__) - {'LiveRouter', 'Router'}"
    run(f"{BLOCKED}import headrace\nfor name in {names}:\n    getattr(headrace, name)")


def test_the_router_says_what_it_needs_beyond_the_client() -> None:
    tried = "import headrace\ntry: headrace.Router\nexcept headrace.errors.ConfigError as error: print(error)"
    assert "headrace[learning]" in run(BLOCKED + tried)


def test_importing_headrace_loads_nothing_else() -> None:
    loaded = run(
        "import sys\nbefore = set(sys.modules)\nimport headrace\n"
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    ).split()
    third_party = {name for name in loaded if name not in sys.stdlib_module_names and not name.startswith("_")}
    assert third_party <= LIGHT, third_party - LIGHT


def test_using_the_client_loads_light_libraries_only() -> None:
    loaded = run(
        "import sys\nbefore = set(sys.modules)\nfrom headrace import ProductionInteractionLogger\n"
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    ).split()
    assert not set(loaded) & set(HEAVY)


def test_the_command_without_its_extra_says_how_to_install_it() -> None:
    code = BLOCKED + "from headrace.cli import main\nmain()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "pip install 'headrace[services]'" in done.stderr
    assert "Traceback" not in done.stderr
