"""A plan item for tests: a field of every type, a rule, and typical wrong plans."""

ITEM = """\
- id: G-A-1.p
  objective: G-A-1/1
  kind: plan
  question: 検証計画書を書いてください。
  points: 8
  form:
    fields:
      - {name: 目的指標, also: [指標], min_length: 6, words: [再現率, 見逃し, 損失], avoid: [精度], say: 何をどれだけ見つけるかを、数える言葉で書いてください。}
      - {name: 基準線, type: choices, options: [全部良品, 前回と同じ, 管理図]}
      - {name: 標本数, type: number, unit: 個, min: 1, whole: true}
      - {name: 無作為抜取率, type: number, unit: "%", above: 0, max: 1}
      - {name: 開始日, type: date, points: 0}
      - {name: 終了日, type: date}
      - {name: 停止条件, min_length: 6}
      - {name: 責任者, type: choice, options: [品質保証, 生産技術]}
      - {name: 備考, optional: true, points: 0}
    rules:
      - {name: 標本数の根拠, holds: 標本数 * 不良率 >= 30, points: 0.5, say: その標本の中に、不良は何個入りますか。}
      - {name: 期間, holds: 終了日 - 開始日 >= 28, points: 0.5, say: 条件の変わり目が入る長さですか。}
    given: {不良率: toy_plan.rate}
  right:
    plan: {目的指標: 不良の再現率80%以上, 基準線: [全部良品, 管理図], 標本数: "3,000個", 無作為抜取率: 5%,
           開始日: 2026-04-01, 終了日: 2026年6月30日, 停止条件: 見逃し3件で止める, 責任者: 品質保証}
  also_right:
    - {change: {標本数: 6000, 備考: 夏に見直す}, note: 多めでも構いません。}
  wrong:
    - {change: {目的指標: 精度90%以上, 停止条件: null, 標本数: null, 無作為抜取率: null}, unmet: [目的指標], because: M01, points: 0,
       say: それだけでは、見逃しが何件出るか分かりません。}
    - {change: {無作為抜取率: 0}, because: M31, points: 4, say: 検査しない物の見逃しは、だれが数えますか。}
    - {change: {停止条件: なし}, because: M44, say: いつ、だれが止めると決めますか。}
    - {change: {標本数: 300}, because: M13, say: 偶然でも出る結果ではありませんか。}
"""


def results(tables, **_):
    """Named results of the plan: the share of defects."""
    return {"rate": 0.02}
