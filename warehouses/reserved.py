"""SQL words that cannot name a column unquoted, by engine.

PostgreSQL: reference/warehouse-schema.md, section 4. DuckDB: those of `duckdb_keywords()` that are
reserved in version 2.0 and not in PostgreSQL's list; it gets both, so that a query can move from
one warehouse to the other unchanged.
"""

_POSTGRES = """
    all analyse analyze and any array as asc asymmetric authorization between binary both case
    cast check collate column constraint create cross current_date current_role current_time
    current_timestamp current_user default deferrable desc distinct do else end except false for
    foreign freeze from full grant group having ilike in initially inner intersect into is isnull
    join leading left like limit localtime localtimestamp natural new not notnull null off offset
    old on only or order outer overlaps placing primary references right select session_user
    similar some symmetric table then to trailing true union unique user using verbose when where
"""
_DUCKDB = """
    describe fetch lambda lateral pivot pivot_longer pivot_wider qualify returning show summarize
    unpivot variadic window with
"""

POSTGRES = frozenset(_POSTGRES.split())
DUCKDB = POSTGRES | frozenset(_DUCKDB.split())
