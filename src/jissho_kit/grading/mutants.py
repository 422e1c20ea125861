"""Mutants of a function item: wrong variants made from its reference by rule, and whether the item rejects them.

An item whose hidden inputs or criterion let a mutant through gives full marks for that mistake. Two families: one small
edit of the reference's source (an off-by-one, a comparison, a call left out …), and one change of what it returns
(always the same answer, all rows for training, rows shuffled between the parts …). What survives and is no mistake is
listed in the item's ``equivalent``, with the reason.
"""

from __future__ import annotations

import ast
import copy
import difflib
import inspect
import textwrap
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from jissho.bundle import bundle, decode, encode
from jissho_kit.grading.items import Item
from jissho_kit.grading.judge import judge
from jissho_kit.grading.keys import Key, function_named
from jissho_kit.grading.values import is_number

MOST_SHOWN = 40  # letters of an edited expression in a mutant's name
SEED = 0  # of the shuffles


@dataclass(frozen=True)
class Mutant:
    """A wrong variant. ``diff``: of the reference's source, "" for a change of what it returns.

    ``equivalent``: why it is no mistake, as the item says, "" where it says nothing.
    """

    name: str
    diff: str
    rejected: bool
    equivalent: str = ""

    @property
    def survived(self) -> bool:
        """Whether it earned full marks without the item saying why."""
        return not self.rejected and not self.equivalent


def mutants(item: Item, key: Key) -> list[Mutant]:
    """Every mutant of a function item's reference on the key's hidden inputs.

    Parameters
    ----------
    item : Item
        Of kind function; any other kind has none.
    key : Key
        The item's key on some data (:func:`jissho_kit.grading.keys.make_key`).

    Raises
    ------
    ContentError
        The reference function does not exist.
    """
    if item.kind != "function":
        return []
    inputs = decode(key.inputs)
    reference = function_named(item.right.function)
    outputs = _outputs(reference, inputs)
    found = [(name, diff, _outputs(changed, inputs)) for name, diff, changed in _edited(reference)]
    found += [(name, "", changed) for name, changed in _distorted(reference, inputs, outputs)]
    reasons = item.equivalent or {}
    return [
        Mutant(name, diff, _rejects(key, item, made), reasons.get(name, ""))
        for name, diff, made in found
        if made != outputs or name in reasons or diff
    ]


def _rejects(key: Key, item: Item, outputs: list) -> bool:
    return judge(key, bundle(item.id, "probe", outputs)).points < key.points


def _outputs(function: Callable, inputs: list[list]) -> list:
    """What a function returns on each argument list, encoded as a bundle carries it."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return [_output(function, args) for args in inputs]


def _output(function: Callable, args: list) -> Any:
    try:
        return encode(function(*copy.deepcopy(args)))
    except Exception as error:  # a mutant may fail in any way
        return {"error": "raised", "type": type(error).__name__, "message": ""}


# Edits of the source. A rule takes a node and gives the nodes that may stand in its place.

COMPARISONS = {
    ast.Gt: (ast.GtE, ast.Lt), ast.GtE: (ast.Gt, ast.LtE), ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt, ast.GtE),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
}  # fmt: skip
ARITHMETIC = {
    ast.Add: (ast.Sub,), ast.Sub: (ast.Add,), ast.Mult: (ast.Div,), ast.Div: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,), ast.BitOr: (ast.BitAnd,),
}  # fmt: skip
LEFT_OUT = {
    "sort_values", "sort_index", "groupby", "cumsum", "cumcount", "diff", "shift", "abs", "dropna", "fillna",
    "drop_duplicates", "unique", "reset_index", "rolling", "transform", "round", "clip", "expanding",
}  # fmt: skip
INSTEAD = {
    "sum": "mean", "mean": "sum", "median": "mean", "max": "min", "min": "max", "idxmax": "idxmin", "idxmin": "idxmax",
    "argmax": "argmin", "argmin": "argmax", "head": "tail", "tail": "head", "std": "var", "any": "all", "all": "any",
    "first": "last", "last": "first", "nlargest": "nsmallest", "cummax": "cummin",
}  # fmt: skip
SEEDS = {"random_state", "seed"}  # another one makes no difference that matters


def _off_by_one(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        yield from (ast.Constant(node.value + step) for step in (1, -1))


def _compared_otherwise(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for op in COMPARISONS.get(type(node.ops[0]), ()):
            yield ast.Compare(node.left, [op()], node.comparators)


def _computed_otherwise(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp):
        yield from (ast.BinOp(node.left, op(), node.right) for op in ARITHMETIC.get(type(node.op), ()))


def _without_sign(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.UnaryOp):
        yield node.operand


def _call_left_out(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEFT_OUT:
        yield node.func.value


def _another_method(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Attribute) and node.attr in INSTEAD:
        yield ast.Attribute(node.value, INSTEAD[node.attr], node.ctx)


def _switched(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)


def _arguments_swapped(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call) and len(node.args) >= 2:
        first, second, *rest = node.args
        yield ast.Call(node.func, [second, first, *rest], node.keywords)


def _returned_reversed(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
        yield ast.Return(ast.Tuple(node.value.elts[::-1], ast.Load()))


def _one_left_out(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.List) and len(node.elts) >= 2:
        yield from (ast.List(node.elts[:i] + node.elts[i + 1 :], node.ctx) for i in range(len(node.elts)))


def _condition_dropped(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.comprehension) and node.ifs:
        yield ast.comprehension(node.target, node.iter, [], node.is_async)
    if isinstance(node, ast.IfExp):
        yield from (node.body, node.orelse)


EDITS: dict[str, Callable[[ast.AST], Iterator[ast.AST]]] = {
    "一つずれる": _off_by_one,
    "比べ方": _compared_otherwise,
    "計算": _computed_otherwise,
    "符号や否定を外す": _without_sign,
    "呼び出しを抜く": _call_left_out,
    "別の集計": _another_method,
    "逆の指定": _switched,
    "引数の入れ替え": _arguments_swapped,
    "返す順": _returned_reversed,
    "一つ落とす": _one_left_out,
    "条件を外す": _condition_dropped,
}


def _edited(reference: Callable) -> Iterator[tuple[str, str, Callable]]:
    """``(name, diff, function)`` of every edit of the reference's source that still compiles."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(reference)))
    before = ast.unparse(tree)
    seen: Counter[str] = Counter()
    for owner, field, place, node in list(_places(tree)):
        for rule, edit in EDITS.items():
            for new in edit(node):
                _put(owner, field, place, new)
                after = ast.unparse(tree)
                _put(owner, field, place, node)
                name = f"{rule} {_line(node)}行目「{_shown(node)}」→「{_shown(new)}」"
                seen[name] += 1
                again = f"（{seen[name]}）" if seen[name] > 1 else ""
                yield name + again, _diff(before, after), _compiled(after, reference)


def _places(tree: ast.AST) -> Iterator[tuple[ast.AST, str, int | None, ast.AST]]:
    """Where a node may be put in another's place: owner, field, position in the field's list. Loops that test are left alone."""
    for field, value in ast.iter_fields(tree):
        for place, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(node, ast.AST) or isinstance(node, ast.While) or _is_seed(node):
                continue
            yield tree, field, place, node
            yield from _places(node)


def _is_seed(node: ast.AST) -> bool:
    return isinstance(node, ast.keyword) and node.arg in SEEDS


def _put(owner: ast.AST, field: str, place: int | None, node: ast.AST) -> None:
    if place is None:
        setattr(owner, field, node)
    else:
        getattr(owner, field)[place] = node


def _line(node: ast.AST) -> int:
    return next((one.lineno for one in ast.walk(node) if hasattr(one, "lineno")), 0)


def _shown(node: ast.AST) -> str:
    text = ast.unparse(node).strip()
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"


def _diff(before: str, after: str) -> str:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))


def _compiled(source: str, reference: Callable) -> Callable:
    names = dict(reference.__globals__)
    exec(compile(source, f"<mutant of {reference.__name__}>", "exec"), names)
    return names[reference.__name__]


# Changes of what is returned. Each takes arguments, decoded output and a generator, and raises Unfit where it means nothing.


class Unfit(Exception):
    """A change that this output cannot have."""


Split = tuple[Any, Any]


def _on_splits(change: Callable[[Split, np.random.Generator], Split]) -> Callable:
    """A change of a split (two tables, or two sets of positions) made on one split or on each of a list of folds."""

    def changed(args: list, output: Any, rng: np.random.Generator) -> Any:
        if isinstance(output, list) and output and all(_is_split(one) for one in output):
            return [change(tuple(map(_rows, one)), rng) for one in output]
        if _is_split(output):
            return change(tuple(map(_rows, output)), rng)
        raise Unfit

    return changed


def _is_split(output: Any) -> bool:
    return isinstance(output, (tuple, list)) and len(output) == 2 and all(map(_is_part, output))


def _is_part(part: Any) -> bool:
    if isinstance(part, list):
        return bool(part) and all(type(one) is int for one in part)
    return isinstance(part, pd.DataFrame) or (
        isinstance(part, (np.ndarray, pd.Index)) and part.ndim == 1 and part.dtype.kind in "iu"
    )


def _rows(part: Any) -> pd.DataFrame | np.ndarray:
    return part if isinstance(part, pd.DataFrame) else np.asarray(part)


def _joined(split: Split) -> pd.DataFrame | np.ndarray:
    return pd.concat(split) if isinstance(split[0], pd.DataFrame) else np.concatenate(split)


def _taken(rows: pd.DataFrame | np.ndarray, positions: Any) -> pd.DataFrame | np.ndarray:
    return rows.iloc[positions] if isinstance(rows, pd.DataFrame) else rows[positions]


def _shuffled_split(split: Split, rng: np.random.Generator) -> Split:
    whole, cut = _joined(split), len(split[0])
    order = rng.permutation(len(whole))
    return _taken(whole, order[:cut]), _taken(whole, order[cut:])


def _trained_on_all(split: Split, rng: np.random.Generator) -> Split:
    return _joined(split), split[1]


def _tested_on_all(split: Split, rng: np.random.Generator) -> Split:
    return split[0], _joined(split)


def _trained_on_the_future(split: Split, rng: np.random.Generator) -> Split:
    whole, cut = _joined(split), len(split[1])
    return _taken(whole, slice(cut, None)), _taken(whole, slice(cut))


def _one_row_over(split: Split, rng: np.random.Generator) -> Split:
    train, test = split
    return _joined((train, _taken(test, slice(1)))), _taken(test, slice(1, None))


def _one_more_name(args: list, output: Any, rng: np.random.Generator) -> Any:
    left = [name for name in _columns(args) if name not in output] if isinstance(output, list) else []
    if not left:
        raise Unfit
    return [*output, left[int(rng.integers(len(left)))]]


def _all_names(args: list, output: Any, rng: np.random.Generator) -> Any:
    if not (isinstance(output, list) and _columns(args)):
        raise Unfit
    return _columns(args)


def _columns(args: list) -> list:
    return list(args[0].columns) if args and isinstance(args[0], pd.DataFrame) else []


def _without_last(args: list, output: Any, rng: np.random.Generator) -> Any:
    if isinstance(output, tuple):
        return (_shorter(output[0]), *output[1:])
    return _shorter(output)


def _shorter(value: Any) -> Any:
    if not isinstance(value, (list, np.ndarray, pd.DataFrame, pd.Series, pd.Index)) or len(value) < 2:
        raise Unfit
    return value[:-1]


def _backwards(args: list, output: Any, rng: np.random.Generator) -> Any:
    if not isinstance(output, (list, np.ndarray, pd.DataFrame, pd.Series)) or len(output) < 2:
        raise Unfit
    return output[::-1]


def _scaled(factor: float, offset: float) -> Callable:
    def change(args: list, output: Any, rng: np.random.Generator) -> Any:
        if is_number(output):
            return output * factor + offset
        if isinstance(output, (pd.Series, np.ndarray)) and pd.api.types.is_numeric_dtype(output.dtype):
            return output * factor + offset
        raise Unfit

    return change


def _as_given(args: list, output: Any, rng: np.random.Generator) -> Any:
    return args[0]


CHANGES: dict[str, Callable[[list, Any, np.random.Generator], Any]] = {
    "入力をそのまま返す": _as_given,
    "行を混ぜて分ける": _on_splits(_shuffled_split),
    "全部の行で学習する": _on_splits(_trained_on_all),
    "全部の行で評価する": _on_splits(_tested_on_all),
    "先の行で学習し前の行で評価する": _on_splits(_trained_on_the_future),
    "分け目が一行ずれる": _on_splits(_one_row_over),
    "余計な列が一つ入る": _one_more_name,
    "全部の列": _all_names,
    "最後の一つが抜ける": _without_last,
    "並びが逆": _backwards,
    "一大きい": _scaled(1, 1),
    "符号が逆": _scaled(-1, 0),
    "百倍": _scaled(100, 0),
}
SAME_ALWAYS, SWAPPED = "いつも同じ答え", "引数を逆に受け取る"


def _distorted(reference: Callable, inputs: list[list], outputs: list) -> Iterator[tuple[str, list]]:
    """``(name, outputs)`` of every change that fits what the reference returns."""
    yield from ((f"{SAME_ALWAYS}（{n}番目の）", [one] * len(outputs)) for n, one in enumerate(outputs, 1))
    if all(len(args) >= 2 for args in inputs):
        yield SWAPPED, _outputs(reference, [[args[1], args[0], *args[2:]] for args in inputs])
    for name, change in CHANGES.items():
        rng = np.random.default_rng(SEED)
        try:
            changed = [change(copy.deepcopy(args), decode(out), rng) for args, out in zip(inputs, outputs, strict=True)]
        except Unfit:
            continue
        yield name, [encode(one) for one in changed]
