"""The small arithmetic of a plan's rules: ``標本数 >= 1.96**2 * 再現率 * (1 - 再現率) / 幅**2``.

Numbers, names, + - * / ** and comparisons, ``and``/``or``, and the functions of ``FUNCTIONS``; nothing else is a formula.
Only an author writes formulas; what a participant writes enters as finite numbers.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from functools import cache

OPERATORS: dict[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
FUNCTIONS: dict[str, Callable[..., float]] = {
    "min": min,
    "max": max,
    "abs": abs,
    "sqrt": math.sqrt,
    "ceil": math.ceil,
    "near": lambda a, b, share: abs(a - b) <= share * abs(b),
}


@cache
def parse(formula: str) -> ast.expr:
    """Syntax tree of a formula. Raises ValueError (Japanese) when it is none."""
    try:
        tree = ast.parse(formula.strip(), mode="eval").body
    except SyntaxError as error:
        raise ValueError(f"式として読めません: {formula}（{error.msg}）") from None
    for node in ast.walk(tree):
        if not isinstance(node, (ast.expr, ast.operator, ast.unaryop, ast.cmpop, ast.boolop, ast.expr_context)):
            raise ValueError(f"式では使えません: {type(node).__name__}")
    _check(tree)
    return tree


def _check(node: ast.expr) -> None:
    match node:
        case ast.Constant(value=bool()) | ast.Constant(value=str()):
            raise ValueError(f"式では使えません: {ast.unparse(node)}")
        case ast.Constant(value=int() | float()) | ast.Name():
            return
        case ast.BinOp(left=a, op=op, right=b) if type(op) in OPERATORS:
            parts = [a, b]
        case ast.UnaryOp(op=ast.USub(), operand=a):
            parts = [a]
        case ast.Compare(left=a, ops=ops, comparators=rest) if all(type(op) in OPERATORS for op in ops):
            parts = [a, *rest]
        case ast.BoolOp(values=parts):
            pass
        case ast.Call(func=ast.Name(id=name), args=parts, keywords=[]) if name in FUNCTIONS:
            pass
        case _:
            raise ValueError(f"式では使えません: {ast.unparse(node)}")
    for part in parts:
        _check(part)


def names(formula: str) -> set[str]:
    """Names that a formula looks up. Raises ValueError when it is none."""
    return {node.id for node in ast.walk(parse(formula)) if isinstance(node, ast.Name)} - set(FUNCTIONS)


def holds(formula: str, values: Mapping[str, float]) -> bool:
    """Whether the formula is true of the values; what cannot be computed (a division by 0, an overflow) is not."""
    try:
        found = _value(parse(formula), values)
        return not isinstance(found, complex) and math.isfinite(found) and bool(found)
    except (ArithmeticError, ValueError, TypeError):
        return False


def _value(node: ast.expr, values: Mapping[str, float]) -> float:
    match node:
        case ast.Constant(value=number):
            return float(number)
        case ast.Name(id=name):
            return float(values[name])
        case ast.BinOp(left=a, op=op, right=b):
            return OPERATORS[type(op)](_value(a, values), _value(b, values))
        case ast.UnaryOp(operand=a):
            return -_value(a, values)
        case ast.Compare(left=a, ops=ops, comparators=rest):
            sides = [_value(one, values) for one in (a, *rest)]
            return all(OPERATORS[type(op)](x, y) for op, x, y in zip(ops, sides[:-1], sides[1:], strict=True))
        case ast.BoolOp(op=op, values=parts):
            return (all if isinstance(op, ast.And) else any)(_value(part, values) for part in parts)
        case ast.Call(func=ast.Name(id=name), args=args):
            return FUNCTIONS[name](*(_value(one, values) for one in args))
    raise ValueError(ast.dump(node))
