"""The card as one sheet of A4: text and CSS alone, everything written by people escaped."""

from __future__ import annotations

from html import escape

from jissho.card._model import DecisionCard, Figure, Money

BANNER = "平成30年6月時点の資料に基づく教材。制度は終了。"
SYNTHETIC, OWN = "合成データ（実在の企業・農場の値ではありません）", "自社の数字（参加者が入れた値です）"
TONES = {"やる": "#006B54", "小さく試す": "#1F5F99", "見送る": "#5A5A5A"}
MARKS = {"可": "○", "不可": "×", "要確認": "？"}

# !important: inside a notebook's page the page's own rules for headings and tables would win.
CSS = """
.jd, .jd * { box-sizing: border-box; }
.jd { width: 100%; max-width: 190mm; background: #fff; color: #1C1C1C; font: 10pt/1.45 "Hiragino Sans", "Yu Gothic UI", "Meiryo",
  "Noto Sans CJK JP", "IPAexGothic", sans-serif; overflow-wrap: anywhere; }
.jd h1, .jd h2 { font-weight: 700 !important; color: #1C1C1C !important; background: none !important; border: 0 !important; }
.jd h1 { font-size: 17pt !important; line-height: 1.25 !important; margin: 0 0 1mm !important; padding: 0 !important; }
.jd h2 { font-size: 10.5pt !important; line-height: 1.3 !important; margin: 3mm 0 1mm !important; padding: 0 0 0 2mm !important;
  border-left: 1.4mm solid #1F5F99 !important; }
.jd p { margin: 0 0 1mm !important; font-size: inherit; }
.jd .jd-top { display: flex; justify-content: space-between; gap: 4mm; font-size: 8.5pt; color: #444; border-bottom: .3mm solid #888;
  padding-bottom: 1mm; margin-bottom: 2.5mm; }
.jd .jd-say { display: flex; gap: 3mm; align-items: stretch; margin: 2mm 0; }
.jd .jd-word { color: #fff; font-size: 19pt; font-weight: 700; line-height: 1.3; padding: 2mm 5mm; border-radius: 1.5mm;
  white-space: nowrap; display: flex; align-items: center; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
.jd .jd-more { flex: 1; border: .4mm solid #888; border-radius: 1.5mm; padding: 1.5mm 3mm; }
.jd .jd-more b { font-size: 14pt; }
.jd table { border-collapse: collapse; width: 100% !important; margin: 0 !important; table-layout: auto; font-size: 9.5pt !important;
  line-height: 1.35; color: #1C1C1C; }
.jd tr { background: #fff !important; }
.jd th, .jd td { border: 0; border-bottom: .2mm solid #BBB; padding: .7mm 1.5mm; text-align: left !important; vertical-align: top;
  white-space: normal; max-width: none; }
.jd th { font-weight: 600; color: #444; white-space: nowrap; width: 1%; }
.jd td.jd-n { text-align: right !important; font-weight: 700; white-space: nowrap; width: 1%; }
.jd td.jd-s { color: #555; font-size: 8.5pt; width: 25%; padding-left: 4mm; }
.jd td.jd-m { width: 21%; }
.jd .jd-two { display: grid; grid-template-columns: 1fr 1fr; gap: 0 5mm; }
.jd .jd-box { border: .4mm solid #888; border-radius: 1.5mm; padding: 1.5mm 3mm; }
.jd .jd-need { border: .5mm dashed #777; border-radius: 1.5mm; padding: 0 3mm 1.5mm; margin-top: 3mm; }
.jd .jd-foot { font-size: 8.5pt; color: #444; margin-top: 2mm; }
"""
PAGE = """@page { size: A4; margin: 9mm 10mm; }
body { margin: 0 auto; padding: 8mm 4mm; max-width: 198mm; background: #fff; }
@media print { body { padding: 0; } }
"""


def card_html(card: DecisionCard) -> str:
    """The card as a page of its own: one A4 sheet, inline CSS, no script."""
    return (
        f'<!doctype html>\n<html lang="ja"><head><meta charset="utf-8"><title>判断カード {escape(card.case)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{PAGE}</style></head><body>\n{card_sheet(card)}\n</body></html>\n"
    )


def card_sheet(card: DecisionCard) -> str:
    """The sheet alone, to be shown inside another page."""
    source = SYNTHETIC if card.synthetic else OWN
    ceiling = "使いません" if card.ceiling_yen is None else f"{card.ceiling_yen:,}円"
    reason = f"<p>理由：{escape(card.reason)}</p>" if card.reason else ""
    need = card.need
    return f"""<style>{CSS}</style><article class="jd">
<div class="jd-top"><span>{BANNER}</span><span>{source}</span></div>
<h1>判断カード　{escape(card.case)}</h1>
<div class="jd-say"><div class="jd-word" style="background:{TONES[card.decision]}">{escape(card.decision)}</div>
<div class="jd-more"><p>使ってよい上限額：<b>{ceiling}</b></p>{reason}</div></div>
<h2>根拠の数字</h2>
{_figures(card.numbers)}
<div class="jd-two"><div><h2>撤退条件（こうなったら、やめる）</h2><div class="jd-box">{escape(card.stop)}</div></div>
<div><h2>次に必要な事実（一つ）</h2><div class="jd-box">{escape(card.next_fact)}</div></div></div>
<h2>資金（税制・補助）</h2>
{_money(card.money)}
<div class="jd-need"><h2>ニーズカード（ラボ・支援機関に渡す部分）</h2>
<table><tr><th>困りごと</th><td>{escape(need.problem)}</td></tr><tr><th>手元のデータ</th><td>{escape(need.data)}</td></tr>
<tr><th>今の損失</th><td>{escape(need.loss)}</td></tr><tr><th>相談したい相手</th><td>{escape(need.partner)}</td></tr></table>
<p class="jd-foot">この部分をラボに渡すことに　□ 同意します　□ 同意しません　　会社名・お名前：＿＿＿＿＿＿＿＿＿＿＿＿＿＿</p></div>
</article>"""


def _figures(figures: tuple[Figure, ...]) -> str:
    return f"<table>{''.join(map(_figure, figures))}</table>" if figures else "<p>ありません。</p>"


def _figure(one: Figure) -> str:
    value = f"{escape(one.value)}{escape(one.unit)}"
    return (
        f'<tr><td>{escape(one.label)}</td><td class="jd-n">{value}</td><td class="jd-s">{escape(one.screen)}</td></tr>'
    )


def _money(options: tuple[Money, ...]) -> str:
    if not options:
        return "<p>調べていません。</p>"
    rows = "".join(
        f'<tr><td class="jd-m">{escape(one.name)}</td><th>{MARKS[one.verdict]} {escape(one.verdict)}</th>'
        f'<td class="jd-n">{"—" if one.amount_yen is None else f"{one.amount_yen:,}円"}</td><td>{escape(one.why)}</td></tr>'
        for one in options
    )
    return f"<table>{rows}</table>"
