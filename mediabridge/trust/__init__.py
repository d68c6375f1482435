"""Whom a station believes, and the keys it holds itself.

* :mod:`~mediabridge.trust.trust_data`: the contents of ``trust.json``;
* :mod:`~mediabridge.trust.client`: accept trust data from a medium (stock TUF client);
* :mod:`~mediabridge.trust.repository`: make and update the TUF repository;
* :mod:`~mediabridge.trust.keyfile`, :mod:`~mediabridge.trust.signers`: private keys;
* :mod:`~mediabridge.trust.allowed_signers`: the same trust data for OpenSSH's own tools;
* :mod:`~mediabridge.trust.city`: a complete training municipality.
"""
