"""What we carry: records as the law has them, checked completely where they enter.

Read :mod:`~mediabridge.records.model` for what a record is,
:mod:`~mediabridge.records.rules` for what its values must mean together, and
:mod:`~mediabridge.records.fields` for what every field is called. A row of text becomes
a record, or every reason why not, in :class:`~mediabridge.records.load.Loader`; files
are read and written by :mod:`~mediabridge.records.csv` and :mod:`~mediabridge.records.xml`.
"""
