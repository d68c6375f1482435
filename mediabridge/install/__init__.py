"""Software on this machine: what is installed, and putting in place what came by a stick.

A station's account only reads here (:mod:`~mediabridge.install.packages`). What changes the
machine (:mod:`~mediabridge.install.installer`) runs as root, by itself, and believes nothing that
the station's account has written: it verifies everything once more against a first root of its own.
"""
