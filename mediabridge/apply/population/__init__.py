"""Populations: an extract of everybody on record over there, compared with the register here.

Nothing of an extract is applied by the rules. Every entry gets its outcome
(:mod:`~mediabridge.apply.population.rules`), and where the two sides differ, a *finding* is
kept, which a person decides on (:mod:`~mediabridge.apply.population.deciding`): one, or all of
one kind. Whom the extract does not name is a finding, too, but no record of the bundle, and so
has no outcome in its receipt.

The adapters stage the entries in batches, and settle by single statements who is plainly the
same (:mod:`~mediabridge.apply.population.staging`); only the others are looked at one by one. No
more than a batch is in memory, so that it does not grow with the population.
"""
