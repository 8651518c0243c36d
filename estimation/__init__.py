"""From marts to estimated tables.

This room knows tables and a statistics library. It never knows Dagster, dbt or how a file is read. What it writes is
modelled, and says so.
"""
