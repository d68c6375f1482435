"""Whom a station believes, and the keys it holds itself.

* :mod:`~mediabridge.trust.trust_data`: the contents of ``trust.json``;
* :mod:`~mediabridge.trust.client`: accept trust data from a medium (stock TUF client);
* :mod:`~mediabridge.trust.accepted`: what was accepted, verified again by whoever decides by it;
* :mod:`~mediabridge.trust.recognised`: the same for whoever only looks;
* :mod:`~mediabridge.trust.requests`: public keys on their way to a ceremony;
* :mod:`~mediabridge.trust.ceremony`: people sign the next version, one after the other;
* :mod:`~mediabridge.trust.repository`: the TUF repository of a training city;
* :mod:`~mediabridge.trust.keyfile`, :mod:`~mediabridge.trust.signers`: private keys;
* :mod:`~mediabridge.trust.allowed_signers`, :mod:`~mediabridge.trust.krl`: the same trust
  data for OpenSSH's own tools;
* :mod:`~mediabridge.trust.city`: a complete training municipality.
"""
