"""Programmes from YAML: ``curriculum/rules/*.yml``, another file or folder, or the same as a mapping."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from jissho.errors import ContentError
from jissho.rules._model import BASES, TYPES, Example, Input, Line, Program, Ref, Test

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

FILE_KEYS = ("source", "banner", "shared", "programs")
PROGRAM_KEYS = ("title", "inputs", "valid", "conditions", "doubts", "amount", "members", "notes", "examples")
LINE_KEYS = ("rule", "basis", "text", "unless", "unless_basis")
GIVES = ("rate", "yen", "times", "yen_per_member")
OPS = ("at_least", "at_most", "is")
EXAMPLE_KEYS = ("case", "verdict", "amount_yen")
VERDICTS = ("可", "不可", "要確認")
TEST_KEYS = ("key", *OPS)

Rules = Mapping[str, Program]


def own_rules() -> Path:
    """Folder of the programmes that come with the package."""
    installed = Path(__file__).parents[1] / "_rules"
    return installed if installed.is_dir() else Path(__file__).parents[3] / "curriculum" / "rules"


def load_rules(rules: Rules | Mapping | str | Path | None = None) -> Rules:
    """Programmes by id.

    Parameters
    ----------
    rules : optional
        A folder of ``*.yml`` or one such file; the content of such a file as a mapping (with ``programs``); what this
        function gave before; by default the programmes that come with the package.

    Raises
    ------
    ContentError
        Nothing there, not YAML, or a line that says nothing the engine knows; names file, programme and line.
    """
    if rules is None:
        return _shipped()
    if isinstance(rules, Mapping):
        programs = all(isinstance(one, Program) for one in rules.values())
        return rules if rules and programs else _file(rules, "rules")
    return _folder(Path(rules))


@lru_cache(maxsize=1)
def _shipped() -> Rules:
    return _folder(own_rules())


def _folder(path: Path) -> Rules:
    files = sorted(path.glob("*.yml")) if path.is_dir() else [path]
    if not files:
        raise ContentError("制度のファイル（.yml）がありません。", str(path), "フォルダーの場所を確かめてください。")
    programs: dict[str, Program] = {}
    for file in files:
        found = _file(_yaml(file), str(file))
        if again := programs.keys() & found.keys():
            raise ContentError(f"制度「{min(again)}」が二度書かれています。", str(file), "片方の名前を変えてください。")
        programs |= found
    return programs


def _yaml(path: Path) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8-sig"), Loader=_Loader)
    except OSError as error:
        what = "がありません" if isinstance(error, FileNotFoundError) else f"を読めません（{error.strerror}）"
        raise ContentError(f"制度のファイル{what}。", str(path), "場所と名前を確かめてください。") from None
    except UnicodeDecodeError:
        raise ContentError("文字コードがUTF-8ではありません。", str(path), "UTF-8で保存し直してください。") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise ContentError(
            "YAMLとして読めません。",
            where,
            "この行と前の行の字下げ、コロンの後の空白、括弧の閉じ忘れを確かめてください。",
        ) from None


def _file(data: Any, where: str) -> dict[str, Program]:
    place = _Place(where)
    data = place.mapping(data, FILE_KEYS, needed=("source", "banner", "programs"))
    shared = place.at("shared").mapping(data.get("shared", {}), ("inputs", "conditions", "notes"))
    head = {name: place.at(name).text(data[name]) for name in ("source", "banner")}
    programs = place.at("programs").mapping(data["programs"])
    return {
        str(name): _program(str(name), entry, shared, head, place.at(f"programs.{name}"))
        for name, entry in programs.items()
    }


def _program(name: str, entry: Any, shared: Mapping, head: dict[str, str], place: _Place) -> Program:
    entry = place.mapping(entry, PROGRAM_KEYS, needed=("title", "inputs", "amount"))
    amount_place = place.at("amount")
    amount = amount_place.mapping(entry["amount"], ("base", "rates", "caps", "raises", "floor"), ("base", "rates"))
    members_place = place.at("members")
    members = members_place.mapping(entry.get("members", {}), ("inputs", "conditions", "pool"))
    both = {
        key: [*place.sequence(entry.get(key, [])), *place.sequence(shared.get(key, []))]
        for key in ("conditions", "notes")
    }
    inputs = place.mapping(entry["inputs"]) | place.mapping(shared.get("inputs", {}))
    program = Program(
        id=name,
        title=place.at("title").text(entry["title"]),
        inputs=place.at("inputs").inputs(inputs),
        base=amount_place.at("base").text(amount["base"]),
        valid=place.at("valid").lines(entry.get("valid", []), "from", "until"),
        conditions=place.at("conditions").lines(both["conditions"], *TEST_KEYS),
        doubts=place.at("doubts").lines(entry.get("doubts", []), "when", "amount_yen"),
        rates=amount_place.at("rates").lines(amount["rates"], "when", "rate"),
        caps=amount_place.at("caps").lines(amount.get("caps", []), "when", "yen", "of", "times"),
        raises=amount_place.at("raises").lines(amount.get("raises", []), "when", "yen"),
        floors=amount_place.at("floor").lines([amount["floor"]] if "floor" in amount else [], "yen"),
        notes=place.at("notes").lines(both["notes"], "when"),
        examples=place.at("examples").examples(entry.get("examples", [])),
        member_inputs=members_place.at("inputs").inputs(members.get("inputs", {})),
        member_conditions=members_place.at("conditions").lines(members.get("conditions", []), "at_least", "at_most"),
        pools=members_place.at("pool").lines([members["pool"]] if "pool" in members else [], "yen_per_member", "of"),
        **head,
    )
    _check_keys(program, place)
    if not program.under("seed").rates:
        raise amount_place.at("rates").error(
            "資料を根拠とする率が、一つもありません。", "basis が 資料 の行を加えてください。"
        )
    return program


def _check_keys(program: Program, place: _Place) -> None:
    """What a line looks at must be declared, and compared with its like: else a case would meet it first."""
    known = program.every_input()
    for line in (*program.deciding(), *program.notes):
        for key in filter(None, line.reads()):
            if key not in known:
                raise place.error(
                    f"項目「{key}」が inputs にありません。", "inputs に加えるか、つづりを確かめてください。"
                )
        for test in (test for test in (*line.tests, *line.unless) if test.key):
            if not _alike(test, known):
                raise place.error(f"項目「{test.key}」（{known[test.key].type}）を、違う種類の値と比べています。")
    if not all(isinstance(test.value, Fraction) for line in program.member_conditions for test in line.tests):
        raise place.error("参加者の数の条件は、数で書きます。")
    for line in (*program.valid, *program.conditions):
        if own := [key for key in line.reads() if key in program.member_inputs]:
            raise place.error(f"条件は、参加者ごとの項目「{own[0]}」を見られません。")
    for key in (program.base, *(line.of for line in (*program.caps, *program.pools) if line.of)):
        if key not in known or known[key].type != "money":
            raise place.error(f"「{key}」は、type が money の項目ではありません。")
    if bool(program.member_inputs) != any(one.type == "members" for one in program.inputs.values()):
        raise place.error("members の節と、type が members の項目は、両方書くか、どちらも書きません。")


def _alike(test: Test, known: Mapping[str, Input]) -> bool:
    """Whether a test compares what can be compared."""
    one, value = known[test.key], test.value
    if isinstance(value, Ref):
        return value.key in known and known[value.key].type == one.type and one.type in ("date", "money", "whole")
    if value is None:
        return test.op == "is" and one.nullable
    if one.type == "choice":
        return test.op == "is" and set(value if isinstance(value, tuple) else [value]) <= set(one.of)
    if one.type == "growth":
        return test.op != "is" and isinstance(value, Fraction)
    kind = {"flag": bool, "date": date}.get(one.type, Fraction)
    return type(value) is kind and one.type != "members" and (one.type != "flag" or test.op == "is")


class _Place:
    """A place in a file of rules; reads what stands there, or says where something is wrong."""

    def __init__(self, where: str) -> None:
        self.where = where

    def at(self, name: str) -> _Place:
        return _Place(f"{self.where} › {name}")

    def error(self, what: str, mend: str = "") -> ContentError:
        return ContentError(what, self.where, mend or "CONTRIBUTING.md の「制度を足す」の例と見比べてください。")

    def mapping(self, data: Any, allowed: Iterable[str] = (), needed: Iterable[str] = ()) -> Mapping:
        if not isinstance(data, Mapping):
            raise self.error("「キー: 値」の組で書いてください。")
        if missing := [key for key in needed if key not in data]:
            raise self.error(f"「{missing[0]}」がありません。")
        if allowed and (unknown := [key for key in data if key not in allowed]):
            raise self.error(f"知らないキー「{unknown[0]}」です。", f"使えるキー: {', '.join(allowed)}")
        return data

    def sequence(self, data: Any) -> list:
        if not isinstance(data, list):
            raise self.error("並び（- で始まる行か [ ]）で書いてください。")
        return data

    def text(self, data: Any) -> str:
        if not isinstance(data, str) or not data.strip():
            raise self.error("文字で書いてください。")
        return data

    def inputs(self, data: Any) -> dict[str, Input]:
        return {str(name): self.at(str(name))._input(str(name), entry) for name, entry in self.mapping(data).items()}

    def _input(self, name: str, data: Any) -> Input:
        data = self.mapping(data, ("type", "label", "unit", "nullable", "of"), ("type", "label"))
        if data["type"] not in TYPES:
            raise self.error(f"type「{data['type']}」は使えません。", f"使えるもの: {', '.join(TYPES)}")
        of = {str(value): str(label) for value, label in self.mapping(data.get("of", {})).items()}
        if bool(of) != (data["type"] == "choice"):
            raise self.error("type が choice の項目だけに、of（値: 名前）を書きます。")
        return Input(
            name, data["type"], self.text(data["label"]), str(data.get("unit", "")), data.get("nullable") is True, of
        )

    def examples(self, data: Any) -> tuple[Example, ...]:
        return tuple(self.at(str(i + 1))._example(entry) for i, entry in enumerate(self.sequence(data)))

    def _example(self, data: Any) -> Example:
        data = self.mapping(data, EXAMPLE_KEYS, EXAMPLE_KEYS)
        case, amount = self.at("case").mapping(data["case"]), data["amount_yen"]
        if data["verdict"] not in VERDICTS:
            raise self.error(f"verdict「{data['verdict']}」は使えません。", f"使えるもの: {', '.join(VERDICTS)}")
        if amount is not None and (isinstance(amount, bool) or not isinstance(amount, int)):
            raise self.error("amount_yen は、円の整数か null（額がないとき）です。")
        days = {str(key): str(value) if type(value) is date else value for key, value in case.items()}
        return Example(days, data["verdict"], amount)

    def lines(self, data: Any, *extra: str) -> tuple[Line, ...]:
        """Lines with the common keys and ``extra`` ones; of these one of :data:`GIVES` is needed where it is allowed."""
        return tuple(self.at(str(i + 1))._line(entry, extra) for i, entry in enumerate(self.sequence(data)))

    def _line(self, data: Any, extra: tuple[str, ...]) -> Line:
        data = self.mapping(data, (*LINE_KEYS, *extra), ("rule", "basis", "text"))
        if data["basis"] not in BASES["supplemented"]:
            raise self.error(
                f"basis「{data['basis']}」は使えません。", f"使えるもの: {', '.join(BASES['supplemented'])}"
            )
        gives = [key for key in GIVES if key in extra]
        if gives and not any(key in data for key in gives):
            raise self.error(f"「{'」か「'.join(gives)}」がありません。")
        if "times" in extra and ("times" in data) != ("of" in data):
            raise self.error("of（項目）と times（率）は、一緒に書きます。")
        if "yen_per_member" in extra and "of" not in data:
            raise self.error("of（参加者ごとの枠の項目）がありません。")
        since, until = (self._date(data[key]) if key in data else None for key in ("from", "until"))
        dates = [Test("as_of", op, day) for op, day in (("at_least", since), ("at_most", until)) if day]
        return Line(
            rule=self.text(data["rule"]),
            basis=data["basis"],
            text=self.text(data["text"]),
            tests=(*self._tests(data, extra), *dates),
            unless=self._all_tests(data.get("unless", [])),
            unless_basis=str(data.get("unless_basis", "")),
            yen=self._first_number(data, "yen", "amount_yen", "yen_per_member"),
            share=self._first_number(data, "rate", "times"),
            of=str(data.get("of", "")),
            since=since,
            until=until,
        )

    def _tests(self, data: Mapping, extra: tuple[str, ...]) -> tuple[Test, ...]:
        if "when" in extra:
            return self._all_tests(data.get("when", []))
        ops = [op for op in OPS if op in data]
        if ops and "key" in extra and "key" not in data:
            raise self.error("「key」がありません。")
        return tuple(Test(str(data.get("key", "")), op, self._value(data[op])) for op in ops)

    def _all_tests(self, data: Any) -> tuple[Test, ...]:
        entries = [self.mapping(one, TEST_KEYS, ("key",)) for one in self.sequence(data)]
        return tuple(test for one in entries for test in self._tests(one, TEST_KEYS))

    def _value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            return Ref(str(self.mapping(data, ("key",), ("key",))["key"]))
        if isinstance(data, list):
            return tuple(map(str, data))
        if data is None or isinstance(data, bool | date | str):
            return data
        return self._number(data)

    def _date(self, data: Any) -> date:
        if type(data) is not date:
            raise self.error(f"日付「{data}」を読めません。", "2021-03-31 のように書いてください。")
        return data

    def _first_number(self, data: Mapping, *keys: str) -> Fraction | None:
        return next((self._number(data[key]) for key in keys if key in data), None)

    def _number(self, data: Any) -> Fraction:
        """``0.03``, ``50_000_000``, ``2/3``: exact, as it is written."""
        try:
            if isinstance(data, bool):
                raise TypeError
            number = Fraction(data) if isinstance(data, str) else Fraction(Decimal(str(data)))
        except (TypeError, ValueError, ArithmeticError, InvalidOperation):
            raise self.error(
                f"「{data}」は数として読めません。", "0.03、2/3、50_000_000 のように書いてください。"
            ) from None
        if number < 0:
            raise self.error("0より小さい数は使えません。")
        return number
