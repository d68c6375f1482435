"""Pages for a hub's operators: who uses it, what lies there for long, what went wrong.

* :mod:`~mediabridge.hub.pages.looking`: what the database knows, added up by the database;
* :mod:`~mediabridge.hub.pages.content`: what each page says, in the language in use;
* :mod:`~mediabridge.hub.pages.drawing`: a page as HTML, without any script;
* :mod:`~mediabridge.hub.pages.answering`: its address, its language, its headers.

They change nothing: whatever an operator decides is done at the machine.
"""
