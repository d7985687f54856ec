"""The verdict in Swedish, for a person: what holds, what does not, and what can be relied on all the same."""

from kassaapp.verify.fault import in_swedish
from kassaapp.verify.report import Chain, Evidence, Finding, Report

_MOST = 20
_KRONA = 100
_NO_ROOT = "  Regionens rotnyckel fanns inte till hands: prislistan är prövad mot sig själv, inte mot den."

_HEADS = {
    Evidence.JOURNAL: "Kassajournal",
    Evidence.SECOND_MEDIUM: "Andra medium",
    Evidence.SLIP: "Kod på papper",
    Evidence.ANSWER: "Svar från regionen",
}


def as_text(report: Report) -> str:
    """The report as it is printed."""
    if report.unreadable:
        return "\n".join([str(report.path), *report.said, f"GÅR INTE ATT LÄSA: {report.unreadable}."])
    lines = [f"{_HEADS[report.evidence]} {report.register or '?'} – {report.path}", *report.said]
    lines += _verdict(report)
    if report.evidence in (Evidence.JOURNAL, Evidence.SECOND_MEDIUM):
        lines += _counts(report)
    return "\n".join([*lines, *_warnings(report)])


def _verdict(report: Report) -> list[str]:
    if not report.findings:
        return [_intact(report)]
    lines = [_first(report), *_listed(report, report.findings)]
    return [*lines, *_still_holds(report)] if report.chains else lines


def _intact(report: Report) -> str:
    if report.evidence in (Evidence.SLIP, Evidence.ANSWER):
        return "STÄMMER, så långt det kunde prövas." if report.warnings else "STÄMMER."
    if not report.signatures_checked:
        return f"OBESTYRKT: alla {report.records} poster hänger ihop, men vem som har signerat dem kunde inte prövas."
    return f"HEL: alla {report.records} poster är som de signerades, i ordning och utan luckor."


def _first(report: Report) -> str:
    place = report.first_bad_place
    if not report.chains:
        return f"FYND: {len(report.findings)}."
    if place is None:
        return f"FYND: {len(report.findings)}. Ingen av de {report.records} posterna är ändrad."
    return f"FYND: {len(report.findings)}. Första felaktiga posten är nummer {_number(report, *place)}."


def _number(report: Report, n: int, seq: int) -> str:
    return str(seq) if len(report.chains) < 2 else f"{seq} i kedja {n} ({_name(report, n)})"


def _name(report: Report, n: int) -> str:
    return next((chain.register for chain in report.chains if chain.n == n), "") or "?"


def _listed(report: Report, findings: list[Finding]) -> list[str]:
    lines = [f"  {_place(report, one)}: {in_swedish(one.fault)} – {one.text}" for one in findings[:_MOST]]
    if len(findings) > _MOST:
        lines.append(f"  … och {len(findings) - _MOST} till")
    return lines


def _place(report: Report, one: Finding) -> str:
    if one.seq is not None:
        return f"post {_number(report, one.chain, one.seq)}"
    if report.evidence is Evidence.JOURNAL:
        return "filen" if len(report.chains) < 2 else f"kedja {one.chain} ({_name(report, one.chain)})"
    return "mediet" if report.evidence is Evidence.SECOND_MEDIUM else "i övrigt"


def _still_holds(report: Report) -> list[str]:
    n, seq = report.trusted_to
    if seq < 0:
        lines = ["  Ingen post kan styrkas härifrån. Hämta posterna från regionen eller det andra mediet."]
    elif len(report.chains) < 2:
        lines = [f"  Posterna 0–{seq} är hela och i ordning och går att lita på."]
    else:
        lines = [f"  Till och med post {_number(report, n, seq)} är allt helt och i ordning och går att lita på."]
    later = [text for chain in report.chains for text in _later(report, chain, n, seq)]
    if later:
        lines.append(f"  Därefter hänger dessa poster ihop var för sig: {', '.join(later)}.")
    return lines


def _later(report: Report, chain: Chain, n: int, seq: int) -> list[str]:
    """The stretches that are whole by themselves after the last record up to which everything holds."""
    after = seq if chain.n == n else -1 if chain.n > n else chain.records
    runs = [(max(first, after + 1), last) for first, last in chain.runs if last > after]
    where = "" if len(report.chains) < 2 else f" i kedja {chain.n}"
    return [f"{first}–{last}{where}" for first, last in runs]


def _counts(report: Report) -> list[str]:
    lines = [f"  {report.sessions} sessioner, {report.receipts} kvitton, {report.sealed} förseglade persondelar."]
    if report.evidence is Evidence.JOURNAL:
        lines.append(f"  Regionen har bevisat att den har {report.proved_next} av {report.records} poster.")
        if not report.root_checked:
            lines.append(_NO_ROOT)
    if len(report.chains) > 1:
        chains = ", ".join(f"{chain.n} ({chain.register}, {chain.records} poster)" for chain in report.chains)
        lines.append(f"  Kedjor: {chains}.")
    if report.lost_sales_ore or report.lost_returns_ore:
        sold, back = (_kronor(ore) for ore in (report.lost_sales_ore, report.lost_returns_ore))
        lines.append(f"  Enligt grand total fattas försäljning för {sold} och returer för {back}.")
    return lines


def _kronor(ore: int) -> str:
    return f"{ore // _KRONA},{ore % _KRONA:02} kr"


def _warnings(report: Report) -> list[str]:
    if not report.warnings:
        return []
    return [
        "  Anmärkningar, som inte ändrar omdömet eller slutkoden:",
        *(f"  {line}" for line in _listed(report, report.warnings)),
    ]
