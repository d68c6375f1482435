"""What hub and station say to each other (docs/format/hub.md); nothing of either.

* :mod:`~mediabridge.line.api`: the paths, and what goes over them as JSON;
* :mod:`~mediabridge.line.wire`: the headers by which a file goes in parts;
* :mod:`~mediabridge.line.certificate`: the certificate by which a station is known.
"""
