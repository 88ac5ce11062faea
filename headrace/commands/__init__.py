"""The commands of the root: settings, broker, topics, services. Rooms bring their own."""
