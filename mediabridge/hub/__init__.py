"""The hub: a medium that answers over TLS (docs/format/hub.md, docs/operations/hub.md).

It keeps sealed bundles for other stations and can read none of them; whom it serves it knows from
each city's trust data, and no station has to trust it.

* :mod:`~mediabridge.hub.settings`: ``hub.toml``;
* :mod:`~mediabridge.hub.cities`, :mod:`~mediabridge.hub.callers`: whose trust data, who asks;
* :mod:`~mediabridge.hub.exchange`: what is done for a caller, on a database
  (:mod:`~mediabridge.hub.database`, :mod:`~mediabridge.hub.in_sqlite`,
  :mod:`~mediabridge.hub.in_postgres`);
* :mod:`~mediabridge.hub.contents`, :mod:`~mediabridge.hub.objects`: contents as they are read, and
  what of a store is whose (:mod:`~mediabridge.hub.in_s3`);
* :mod:`~mediabridge.hub.examining`: what becomes visible to its receiver;
* :mod:`~mediabridge.hub.app`, :mod:`~mediabridge.hub.serving`: HTTP over TLS.
"""
