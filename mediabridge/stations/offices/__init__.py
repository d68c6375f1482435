"""The agency's folder: a station for each office that it serves, and what is done for all of them.

Each is an ordinary station with books, log and numbers of its own; nothing here knows more of it
than a person who would go from one to the next. One office's fault stops no other.

* :mod:`~mediabridge.stations.offices.folder`: which stations there are;
* :mod:`~mediabridge.stations.offices.splitting`: a file for many, in one part for each;
* :mod:`~mediabridge.stations.offices.collecting`: each part collected where it belongs;
* :mod:`~mediabridge.stations.offices.syncing`: the line, for one after the other.
"""
