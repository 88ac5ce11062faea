"""The settings file that `headrace init` writes, made from the structs and their docstrings."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec
import yaml

from headrace import settings

COMMENT_WIDTH = 100
HEADER = """\
# Settings of Headrace. Each key is optional; the values here are the defaults.
# HEADRACE_CONFIG names another file, HEADRACE_BOOTSTRAP_SERVERS another cluster.
"""


def commented_yaml() -> str:
    """Every block and key with its default, each below its documentation."""
    lines = _block_lines(settings.Settings, documentation(settings), indent="")
    return f"{HEADER}\n" + "\n".join(lines).replace("\n\n\n", "\n\n").rstrip() + "\n"


def documentation(module: ModuleType) -> dict[str, str]:
    """The docstrings of a module's classes and of their fields, by `Class` and `Class.field`."""
    tree = ast.parse(inspect.getsource(module))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    of_fields = {f"{node.name}.{field}": text for node in classes for field, text in _field_docstrings(node)}
    return {node.name: ast.get_docstring(node) or "" for node in classes} | of_fields


def _field_docstrings(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, after in zip(node.body, node.body[1:], strict=False):
        match field, after:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, inspect.cleandoc(text)


def _block_lines(kind: type[msgspec.Struct], documented: dict[str, str], indent: str) -> Iterator[str]:
    hints = get_type_hints(kind)
    for field in msgspec.structs.fields(kind):
        if isinstance(field.default, msgspec.Struct):
            yield from _comment(documented[type(field.default).__name__], indent)
            yield f"{indent}{field.name}:"
            yield from _block_lines(type(field.default), documented, indent + "  ")
            yield ""
        else:
            yield from _comment(documented[f"{kind.__name__}.{field.name}"] + _choices(hints[field.name]), indent)
            yield f"{indent}{_key_and_value(field)}"


def _comment(text: str, indent: str) -> list[str]:
    return [f"{indent}# {line}" for line in textwrap.wrap(" ".join(text.split()), COMMENT_WIDTH)]


def _choices(hint: object) -> str:
    return f" One of: {', '.join(get_args(hint))}." if get_origin(hint) is Literal else ""


def _key_and_value(field: Any) -> str:
    default = field.default_factory() if field.default is msgspec.NODEFAULT else field.default
    value = str(default) if isinstance(default, Path) else default
    return yaml.safe_dump({field.name: value}).strip()
