"""Commands for data: look at the kit's datasets, make larger ones, check them, read one's own, fetch public ones."""

from __future__ import annotations

import dataclasses
import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from jissho_kit.cli import _console as console
from jissho_kit.cli._commands import CheckFormat, CheckStyle, Json, command, put_report
from jissho_kit.cli._japanese import JapaneseGroup

app = typer.Typer(
    cls=JapaneseGroup,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="教材のデータを見る・作る・調べる、手元の表を調べる、公開データを取り込むためのコマンドです。",
    epilog="例: ./jissho data inspect 手元の表.xlsx",
)


class FileFormat(StrEnum):
    csv = "csv"
    xlsx = "xlsx"
    parquet = "parquet"


Name = Annotated[str, typer.Argument(metavar="名前", help="データの名前（./jissho data list で分かります）")]
Out = Annotated[Path, typer.Option("--out", metavar="フォルダー", help="書き込むフォルダー")]


@command(app, "./jissho data list", "list")
def list_(as_json: Json = False) -> None:
    """教材のデータの一覧を、大きさと使う講座つきで出します。"""
    from jissho_kit.simulators.catalog import catalog

    used, entries = users(), catalog()
    if as_json:
        return console.put_json(
            [{**dataclasses.asdict(e), "field": e.field, "modules": used.get(e.name, [])} for e in entries]
        )
    rows = [
        [e.name, e.title, e.code, f"{e.rows:,}", e.columns, kilobytes(e.bytes), " ".join(used.get(e.name, []))]
        for e in entries
    ]
    console.put_table(["名前", "題名", "記号", "行", "列", "大きさ", "使う講座"], rows)


@command(app, "./jissho data show cnc")
def show(
    name: Name,
    rows: Annotated[int, typer.Option("--rows", metavar="数", min=1, help="見せる行の数")] = 5,
    out: Out = Path("out"),
    as_json: Json = False,
) -> None:
    """データの説明書と先頭の行を出し、主な列の図を書き込みます。"""
    from jissho import datasets
    from jissho_kit.simulators import catalog, charts

    card = catalog.card(name)
    with console.progress() as step:
        step(f"読んでいます: {name}")
        shape, table = datasets.schema(name), datasets.load(name, datasets.own_data())
        step(f"図を描いています: {name}")
        chart = charts.draw(shape, table, out / f"{name}.png")
    head = table.head(rows)
    if as_json:
        columns = [dataclasses.asdict(column) for column in shape.columns]
        return console.put_json(
            {
                "name": name,
                "title": shape.title,
                "rows": len(table),
                "card": card,
                "columns": columns,
                "head": json.loads(head.to_json(orient="records", date_format="iso")),
                "chart": chart,
            }
        )
    console.put_markdown(card)
    cells = [list(row) for row in zip(*shape.texts(head).values(), strict=True)]
    console.put("")
    console.put_wide_table(list(head.columns), cells, title=f"先頭の{len(head)}行（全{len(table):,}行）")
    console.put(f"図: {chart}")


@command(app, "./jissho data make press --rows 100000 --out 作ったデータ --format xlsx")
def make(
    name: Name,
    out: Annotated[Path, typer.Option("--out", metavar="フォルダー", help="この中に 名前/名前.csv を書きます")],
    rows: Annotated[int | None, typer.Option("--rows", metavar="数", min=1, help="行の数（省くと教材と同じ）")] = None,
    style: Annotated[FileFormat, typer.Option("--format", help="ファイルの形式")] = FileFormat.csv,
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="整数", min=0, help="乱数の種（省くと教材と同じ）")
    ] = None,
) -> None:
    """教材のデータと同じ仕組みで、好きな大きさの合成データを作ります。"""
    from jissho_kit import simulators

    seed = simulators.SHIPPED_SEED if seed is None else seed
    with console.progress() as step:
        step(f"作っています: {name}")
        path = simulators.make_file(
            name, out, rows, style.value, seed, lambda done, total: step(f"{name}: {done:,}/{total:,}行", done, total)
        )
    console.put(str(path))


@command(app, "./jissho data check press")
def check(
    names: Annotated[list[str] | None, typer.Argument(metavar="名前…", help="データの名前（省くと全部）")] = None,
    style: CheckStyle = CheckFormat.text,
    as_json: Json = False,
) -> int:
    """教材のデータの値・説明書・作り直しの結果に、食い違いがないか調べます。"""
    from jissho_kit import checks

    with console.progress() as step:
        report = checks.check_data(names or (), on_progress=step)
    return put_report(report, style, as_json)


@command(app, "./jissho data inspect 手元の表.xlsx --target 不良 --time 日時")
def inspect(
    file: Annotated[Path, typer.Argument(metavar="ファイル", help="CSVかExcelのファイル（書き換えません）")],
    sheet: Annotated[str | None, typer.Option("--sheet", metavar="名前", help="Excelのシート")] = None,
    target: Annotated[str | None, typer.Option("--target", metavar="列", help="当てたい列")] = None,
    time: Annotated[str | None, typer.Option("--time", metavar="列", help="日時の列")] = None,
    group: Annotated[
        str | None, typer.Option("--group", metavar="列", help="まとまりの列（ロット、個体、畑など）")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="ファイル", help="読んだ表を書く新しいCSV")] = None,
    mendings: Annotated[
        Path | None, typer.Option("--mendings", metavar="ファイル", help="直した所の全部を書く新しいCSV")
    ] = None,
    as_json: Json = False,
) -> None:
    """手元の表を読み、直した所を示します。--target を付けると、正直な確かめ方と点数も出します。"""
    from jissho import datasets
    from jissho_kit.cli import _own

    with console.progress() as step:
        step(f"読んでいます: {file}")
        table, mended = datasets.read_own_table(file, sheet)
    if out:
        console.put_new_csv(out, _own.csv_of_table(table))
    if mendings:
        console.put_new_csv(mendings, _own.csv_of(mended))
    if not as_json:
        _own.put_own_table(file, table, mended)
    if target:
        with console.progress() as step:
            step(f"分け方を比べています: {target}")
            profile = datasets.profile_own_table(table, target, time, group)
    else:
        profile = None
    if as_json:
        return console.put_json(_own.as_json(file, table, mended, profile))
    if profile:
        return console.put(profile.text())
    console.say(
        f"次に: ./jissho data inspect {file} --target 当てたい列（あれば --time 日時の列 --group まとまりの列）"
    )


@command(app, "./jissho data fetch ai4i2020")
def fetch(
    name: Annotated[str | None, typer.Argument(metavar="名前", help="公開データの名前（省くと一覧）")] = None,
    out: Out = Path("out/公開データ"),
    yes: Annotated[bool, typer.Option("--yes", help="確かめずに取り込みます。")] = False,
    as_json: Json = False,
) -> None:
    """公開データを、利用条件と出典を示してから発行元から取り込みます。"""
    from jissho_kit.simulators import public

    if name is None:
        return put_public(public.public_sets(), as_json)
    wanted = public.public_set(name)
    console.say(wanted.notice())
    # What can only be had by hand is explained by the room; there is nothing to agree to.
    if wanted.kind != "page" and not yes and not console.agreed("取り込みますか。"):
        return console.say("取り込みませんでした。")
    with console.progress() as step:
        step(f"取り込んでいます: {name}")
        path = public.fetch(name, out, on_progress=lambda done, total: step(f"{name}: {kilobytes(done)}", done, total))
    if as_json:
        return console.put_json({**wanted.model_dump(), "path": path})
    console.put(str(path))
    hints = [f'--{key} "{column}"' for key in ("target", "time", "group") if (column := getattr(wanted, key))]
    console.say(f"次に: ./jissho data inspect {' '.join([str(path), *hints])}")


def put_public(sets: tuple, as_json: bool) -> None:
    """The registry of public sets."""
    if as_json:
        return console.put_json([entry.model_dump() for entry in sets])
    rows = [[e.name, e.field, e.title, e.licence, "確認済み" if e.licence_read else "未確認"] for e in sets]
    console.put_table(["名前", "分野", "題名", "利用条件", "条件の確認"], rows)
    console.say("取り込む: ./jissho data fetch 名前（取り込む前に、利用条件と出典を示します）")


def users() -> dict[str, list[str]]:
    """Modules that use each dataset, by its name."""
    from jissho_kit import curriculum

    found: dict[str, list[str]] = {}
    for course in curriculum.load_courses().values():
        for module in course.modules:
            for name in module.datasets:
                found.setdefault(name, []).append(module.id)
    return found


def kilobytes(size: int) -> str:
    return f"{max(1, round(size / 1000)):,} KB"
