"""When things run: the sources, models, checks and publication as Dagster assets, and the command line.

This package knows the other rooms and when each is its turn; it parses no file and computes no figure.
"""
