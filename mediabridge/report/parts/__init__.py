"""The parts of a report, each made of what :mod:`mediabridge.report.reading` found."""
