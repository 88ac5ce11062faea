"""The rules, by what they are about: each module exports `RULES`."""
