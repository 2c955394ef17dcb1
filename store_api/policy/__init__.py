"""The policy core: a written policy and some facts in, one explained answer out.

Nothing in this package may know Flask, SQLAlchemy, a clock or the network.
"""
