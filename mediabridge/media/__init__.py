"""The only package that touches media: what is on one, copying from it, copying to it.

A medium is given as the folder where it is mounted. Nothing read here is believed;
nothing written here counts before it was read back.
"""
