"""The windows: digests into windows, windows into drift reports, failure clusters and alerts."""
