"""The jobs that nobody has to remember."""
