"""What a station keeps of what is settled, and lets go by rule: never by itself, never unsaid.

``settled.py`` finds what nobody asks for any more, ``looking.py`` what of it is over by the days of
``station.toml``; ``removing.py`` takes it away, each thing after its entry in the log. Books and
log keep what they say about it (ADR 0023).
"""
