"""The native parts, each an accelerator: where they cannot be compiled, pure Python does the same."""

from setuptools import Extension, setup

setup(
    ext_modules=[
        Extension(
            "headrace.privacy._scan",
            ["headrace/privacy/_scan.c", "headrace/privacy/_lane.c"],
            depends=["headrace/privacy/_scan.h", "headrace/_msgpack.h"],
            optional=True,
        ),
        Extension("headrace.embedding._sums", ["headrace/embedding/_sums.c"], optional=True),
        Extension(
            "consumers.clean._columns", ["consumers/clean/_columns.c"], depends=["headrace/_msgpack.h"], optional=True
        ),
        Extension("consumers.digester._languages", ["consumers/digester/_languages.c"], optional=True),
        Extension("consumers.failures._prints", ["consumers/failures/_prints.c"], optional=True),
    ]
)
