"""Rows that are surely right, found a batch at a time; whatever is doubtful is judged singly.

A model and its rules cost a row of text many times what reading it costs, and nine rows in
ten are plain: nothing about them needs a closer look. So a batch is turned into columns, and
what holds of a whole column is asked once:

* the forms of the values are asked of the very types of the models, for a list of texts at
  once, and once only for a text that comes back (``forms``);
* the rules are asked as one comparison of whole columns, or once for each combination that
  occurs (``rules``).

**Never use this to refuse anything.** Nothing here names an error. A row in which anything is
unusual is handed to :class:`~mediabridge.records.load.Loader`, which alone says what is wrong,
and to :class:`~mediabridge.records.text.noticing.Noticing`. So it may doubt a row that is right,
which costs time, and must doubt every row that is not: the tests hold it to that by reading
spoilt files with it and without it.
"""

from mediabridge.records.plain.rows import PlainRows

__all__ = ["PlainRows"]
