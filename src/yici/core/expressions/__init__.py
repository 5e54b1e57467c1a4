"""Expressions (口径): one safe declarative language over elements, compiled to SQL.

parse → resolve names → check types → compile. Nothing that is typed reaches a database as text.
"""

from yici.core.expressions.compiling import Sql
from yici.core.expressions.moment import Moment
from yici.core.expressions.nodes import Figure, Filter
from yici.core.expressions.parsing import parse_expression, parse_figure, parse_filter
from yici.core.expressions.words import in_words, text_in_names, text_of

__all__ = [
    "Figure",
    "Filter",
    "Moment",
    "Sql",
    "in_words",
    "parse_expression",
    "parse_figure",
    "parse_filter",
    "text_in_names",
    "text_of",
]
