"""The services on the streams."""
