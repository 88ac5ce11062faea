"""Drift: has traffic or quality changed? Pure functions of samples, with a stated share of false alarms."""
