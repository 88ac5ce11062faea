"""Records of `headrace.clean` as columns: what the lake and the digester have in common."""
