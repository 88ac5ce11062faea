"""A labelled corpus that nobody had to write: values by their checksums, texts by template, seeded.

It is made in two halves that share no maker of values and no family of texts: rules are tuned on `tune`, and what
they reach is reported on `held_out`. All of it is made up; none of it was anybody's.

>>> sample = next(corpus(seed=1, size=1, split="tune"))
>>> [sample.text[label.start:label.end].count("@") for label in sample.labels]
[1]
"""

from headrace.privacy.corpus.build import corpus
from headrace.privacy.corpus.sample import SPLITS, Label, Sample, Split, Task

__all__ = ["SPLITS", "Label", "Sample", "Split", "Task", "corpus"]
