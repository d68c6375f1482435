"""A week of a hub and its many offices, with accidents.

* :mod:`~tests.hub.week.offices`: the offices, with keys of their own;
* :mod:`~tests.hub.week.plan`: what happens to whom on which day, drawn by lot;
* :mod:`~tests.hub.week.visits`, :mod:`~tests.hub.week.acts`: what stations and people do;
* :mod:`~tests.hub.week.balancer`: what stands before the hubs, where lines are cut;
* :mod:`~tests.hub.week.operations`: the hubs and their database, which die and come back;
* :mod:`~tests.hub.week.put_forward`: a hub on another day;
* :mod:`~tests.hub.week.days`: all of it; :mod:`~tests.hub.week.books`: what has to be true then.
"""
