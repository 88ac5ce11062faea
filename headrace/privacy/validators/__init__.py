"""Whether a text is what its shape says: check digits, dates and ranges, each with the source of its rule.

Every function takes a value without separators, reads it once, raises nothing, and answers False for a value
of another shape. Check digits of ten or eleven values let every tenth number pass: rules that rest on one of
them ask for a word nearby too.
"""
