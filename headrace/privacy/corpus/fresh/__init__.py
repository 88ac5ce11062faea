"""A third part of the corpus, written by somebody who had not read the rules: makers, templates, harmless texts and
disguises, dealt to two halves in turn. Rules are tuned on `fresh_tune`; `fresh_held_out` is only ever counted."""
