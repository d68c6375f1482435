"""What people are shown, as lines and tables: by the command line and by the kiosk alike.

The words, not the decisions: what a station knows goes in, text in the reader's language comes
out. Nothing here prints, asks, or knows how wide a screen is; only :mod:`~mediabridge.shown.fold`
is told.
"""
