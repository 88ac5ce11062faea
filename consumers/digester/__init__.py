"""The digester: clean records into digests, in batches."""
