"""The native parts, each an accelerator: where they cannot be compiled, pure Python does the same."""

from setuptools import Extension, setup

HEADERS = ["headrace/_extension.h", "headrace/_msgpack.h", "headrace/privacy/_scan.h"]


def accelerator(name: str, *sources: str) -> Extension:
    """An extension that may be missing."""
    return Extension(name, list(sources), depends=HEADERS, optional=True)


setup(
    ext_modules=[
        accelerator("headrace.privacy._scan", "headrace/privacy/_scan.c", "headrace/privacy/_lane.c"),
        accelerator("headrace.embedding._sums", "headrace/embedding/_sums.c"),
        accelerator("consumers.clean._columns", "consumers/clean/_columns.c"),
        accelerator("consumers.digester._languages", "consumers/digester/_languages.c"),
        accelerator("consumers.failures._prints", "consumers/failures/_prints.c"),
    ]
)
