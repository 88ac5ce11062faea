"""The accelerator of the sanitizer; where it cannot be compiled, pure Python finds the same."""

from setuptools import Extension, setup

setup(
    ext_modules=[
        Extension(
            "headrace.privacy._scan",
            ["headrace/privacy/_scan.c", "headrace/privacy/_lane.c"],
            depends=["headrace/privacy/_scan.h", "headrace/_msgpack.h"],
            optional=True,
        )
    ]
)
