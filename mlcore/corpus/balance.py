"""
Class and month balance as one Ibis expression, which DuckDB and Spark both carry out.

Ibis is imported inside the functions: web processes reach this module and never balance.
"""

from typing import TYPE_CHECKING

from mlcore.corpus.plan import CurationPlan

if TYPE_CHECKING:
    import ibis.expr.types as ir

CANDIDATES = "candidates"
"""The rows that may be picked; see `SCHEMA`."""

SCHEMA = {"row": "int64", "category": "int32", "month": "int32", "ticket": "int64", "tail": "int64"}
"""A number for each row, category and month, and 120 bits of the id's MD5, 60 a column."""


def picked(plan: CurationPlan) -> "ir.Table":
    """
    Return the expression of the rows that the plan keeps of the candidates, as `row`.

    Each category is drawn in the order of its tickets. By month, every month draws its own
    first, second, third … row, and a category takes all first rows, then all second ones, until
    its quota is reached: equal shares, except where a month has no more to give.

    Source:
        N̂ = m log N and the even draw over twelve months: a shopping service's talk of 2019;
        the logarithm is natural.
    """
    import ibis

    rows = ibis.table(SCHEMA, name=CANDIDATES)
    drawn = [rows.ticket, rows.tail]
    if plan.by_month:
        turn = ibis.row_number().over(group_by=[rows.category, rows.month], order_by=drawn)
        rows = rows.mutate(turn=turn)
        drawn = [rows.turn, rows.ticket, rows.tail]
    rows = rows.mutate(
        place=ibis.row_number().over(group_by=rows.category, order_by=drawn),
        size=rows.count().over(group_by=rows.category),
    )
    quota = ibis.greatest((rows.size.ln() * plan.m).floor().cast("int64"), 1)
    return rows.filter(rows.place < quota).select("row")


def as_sql(plan: CurationPlan, dialect: str) -> str:
    """Return the expression in the SQL of `duckdb` or `pyspark`."""
    import ibis

    getattr(ibis, dialect)  # registers the options that the compiler reads
    return str(ibis.to_sql(picked(plan), dialect=dialect))
