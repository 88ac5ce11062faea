"""Programs that publish: the simulator and the importers."""
