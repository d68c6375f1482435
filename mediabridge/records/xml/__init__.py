"""Records as XML: one document of one kind, read as a stream and never trusted.

>>> with path.open("rb") as stream:
...     reader = XmlReader(stream, Kind.ISA_NOTICE, tables=station.tables)
...     for notice in reader:
...         take(notice)
>>> reader.errors.total      # 0, or the file is refused as a whole

The form, exactly: XML 1.0 in UTF-8, a byte order mark allowed, namespace
``urn:mediabridge:exchange:1`` for every element. The root is the plural of the kind
(``isa_notices``), its children are records (``isa_notice``), and theirs are fields named
by identifier, in the order of the layout; an absent value is an absent element.
There are no attributes, not even ``xsi:schemaLocation``, no document type
declaration and no processing instruction; each of them refuses the file or the record.
Comments are ignored, and CDATA sections are text. Space between elements is ignored;
space within a field is part of its value.
"""

from mediabridge.records.xml.form import NAMESPACE, SCHEMA_FILE, root_name
from mediabridge.records.xml.reader import XmlReader
from mediabridge.records.xml.writer import XmlWriter

__all__ = ["NAMESPACE", "SCHEMA_FILE", "XmlReader", "XmlWriter", "root_name"]
