"""Text as data: which characters a field takes, and what is said about the others.

``classes`` is the one table of classes of characters, each refused, or accepted and
reported. ``meant`` knows which character was meant by one that looks like it, and
``noticing`` reports what was accepted. Nothing here changes a character.
"""
