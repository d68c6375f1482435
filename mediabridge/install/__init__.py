"""Software on this machine: what is installed, what a file says of itself, and what proves it.

A station's account only reads here. What changes the machine is root's: it decides by
:mod:`~mediabridge.install.admitting`, and ends as the shell script ``place.sh``.
"""
