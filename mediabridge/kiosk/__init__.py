"""The screen of the person at the desk: one question at a time, at either station.

A *page* (:mod:`~mediabridge.kiosk.page`) says what stands there and what may be answered; it is
one file each, knows no terminal, and decides nothing: what is done is a journey of
:mod:`mediabridge.stations`, and what is said of it comes from there, from ``errors/`` and from
``media/states.py``. :mod:`~mediabridge.kiosk.standing` knows which page stands there and which
lies over it, whatever shows them. Textual draws them in three steps: ``board`` (what a page looks
like), ``stage`` (what follows what, and what goes on behind), ``app`` (what a person does). They
owe to every page, whoever wrote it:

1. What was typed before a page stood there is thrown away.
2. What cannot be taken back is done by a key that is not the one pressed before.
3. A page that has to be read (``must_be_read``) is answered below its last line.
4. While something is done with a medium nothing leads away from it, and what lies over its page
   hides nothing of that.
"""
