"""The ceremony: people who never meet sign the next version of the trust data.

A folder travels between them on a stick. It holds what was published last and, while a
next version is being made, one draft. Nothing that is published changes before the draft
has every signature it needs and the stock TUF client has accepted the whole.

* :mod:`~mediabridge.trust.ceremony.folder`: the folder, and what was published;
* :mod:`~mediabridge.trust.ceremony.draft`: the draft, one file;
* :mod:`~mediabridge.trust.ceremony.roles`, :mod:`~mediabridge.trust.ceremony.entries`: the
  changes that can be made, to the root and to ``trust.json``;
* :mod:`~mediabridge.trust.ceremony.differences`: what changed, in words;
* :mod:`~mediabridge.trust.ceremony.signing`: whose turn it is, and signing;
* :mod:`~mediabridge.trust.ceremony.publishing`: the last step.
"""
