"""Invented stations, as owners of the databases that tests open."""

from mediabridge.sqlite import Owner

CITY = "city.example.jp"
LGWAN = Owner("training", CITY, "lgwan")
LGWAN_01 = Owner("training", CITY, "lgwan-01")
REGISTRY = Owner("training", CITY, "registry")
