"""The whole pipeline once, in one folder, with its figures and its audit."""
