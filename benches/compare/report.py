"""Results for people (terminal, Markdown) and programs (JSON)."""
from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Dict, List, Optional

import proxies
from measures import Test
from results import Cell, Results

_LOAD_HEADER = ["test", "proxy", "tps", "p50 ms", "p99 ms", "proxy us/tx", "PG us/tx", "ratio", "bound", "verdict"]
_IDLE_COLUMNS = {
    "kB/idle client": "idle_kb",
    "after a statement": "idle_after_use_kb",
    "held": "held",
    "kB/held client": "held_kb",
    "MB before": "rss_before_mb",
    "MB idle": "rss_idle_mb",
    "MB held": "rss_held_mb",
    "MB after close": "rss_after_close_mb",
    "logins/s": "logins_per_s",
}
_IDLE_HEADER = ["proxy", *_IDLE_COLUMNS, "verdict"]

_NOISY_COLUMNS = {
    "tps alone": "alone_tps",
    "beside": "beside_tps",
    "tps ratio": "tps_ratio",
    "p99 ms alone": "alone_p99_ms",
    "p99 ms beside": "beside_p99_ms",
    "p99 ratio": "p99_ratio",
    "neighbour's tps": "noisy_tps",
}
_NOISY_HEADER = ["test", "proxy", *_NOISY_COLUMNS, "bound", "verdict"]

NOISY_LEGEND = (
    "A tenant with 4 clients (pgbench's -S) alone, and then beside 200 clients of another tenant with the same plan, whose statements sleep for 50 ms "
    f"or compute. `shared`: both tenants' statements run on one pool of {proxies.SHARED_POOL} server connections; `own`: each tenant has a pool of "
    f"{proxies.NEIGHBOUR_POOL}. pgtenant: lock = \"shared\" and lock = \"login\", max_connections = {proxies.NEIGHBOUR_POOL} in the plan. "
    "Medians of interleaved rounds; a ratio is that of one round's halves."
)

LEGEND = (
    "proxy us/tx, PG us/tx: CPU microseconds (user + system) of the proxy and of PostgreSQL per transaction. "
    "ratio: the row's proxy us/tx / its yardstick's (pgbouncer, or gate-off where the test is called so), medians of interleaved rounds. "
    "pgtenant: a tenant with a database of its own; pgtenant-row: a tenant's rows in a shared table; gate-off: the same with the gate switched off. "
    "Throughput depends on who else uses the machine; CPU per transaction hardly does."
)


def number(value: Optional[float]) -> str:
    """Three significant digits or so, as a person would write it."""
    if value is None:
        return "-"
    size = abs(value)
    return f"{value:,.0f}" if size >= 1000 else f"{value:.1f}" if size >= 10 else f"{value:.2f}"


def _state(cell: Cell) -> str:
    if cell.errors:
        return "error: " + cell.errors[0].splitlines()[0][:90]
    return cell.skipped or cell.note


def load_rows(results: Results) -> List[List[str]]:
    """The main table, a row per test and proxy."""
    rows = []
    for test in (test for test in results.tests if not test.idle_clients and not test.flood):
        ratio = results.ratios(test).get("proxy_us")
        for name in filter(test.involves, results.proxies):
            cell = results.cells[test.name][name]
            medians = cell.medians()
            figures = [number(medians.get(key)) for key in ("tps", "p50_ms", "p99_ms", "proxy_us", "server_us")]
            ours = name == test.ours
            words = [verdict.words() for verdict in results.verdicts(test)] if ours else []
            remarks = [word for word in (*words, _state(cell)) if word]
            bound = number(test.bound) if ours and test.bound is not None else ""
            rows.append([test.name, name, *figures, number(ratio) if ours and ratio is not None else "", bound, "; ".join(remarks)])
    return rows


def idle_rows(results: Results) -> List[List[str]]:
    """The memory table, a row per proxy."""
    rows = []
    for test in (test for test in results.tests if test.idle_clients):
        for name in filter(test.involves, results.proxies):
            cell = results.cells[test.name][name]
            words = [verdict.words() for verdict in results.verdicts(test)] if name == test.ours else []
            remarks = [word for word in (*words, _state(cell)) if word]
            medians = cell.medians()
            rows.append([name, *(number(medians.get(figure)) for figure in _IDLE_COLUMNS.values()), "; ".join(remarks)])
    return rows


def noisy_rows(results: Results) -> List[List[str]]:
    """The noisy neighbours' table."""
    rows = []
    for test in (test for test in results.tests if test.flood):
        for name in filter(test.involves, results.proxies):
            cell = results.cells[test.name][name]
            medians = cell.medians()
            ours = name == test.ours
            words = [verdict.words() for verdict in results.verdicts(test)] if ours else []
            remarks = [word for word in (*words, _state(cell)) if word]
            bound = test.most_p99 if test.most_p99 is not None else test.least_tps
            rows.append([test.name, name, *(number(medians.get(key)) for key in _NOISY_COLUMNS.values()), number(bound) if ours else "", "; ".join(remarks)])
    return rows


def plain(header: List[str], rows: List[List[str]]) -> str:
    """A table for the terminal: words to the left, figures to the right."""
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    left = {"test", "proxy", "verdict", "call"}

    def line(row: List[str]) -> str:
        cells = [text.ljust(width) if name in left else text.rjust(width) for name, text, width in zip(header, row, widths)]
        return "  ".join(cells).rstrip()

    return "\n".join([line(header), line(["-" * width for width in widths]), *(line(row) for row in rows)])


def markdown_table(header: List[str], rows: List[List[str]]) -> str:
    """The same as Markdown."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def terminal(results: Results) -> str:
    """Everything for the terminal."""
    parts = []
    loads, idle, noisy = load_rows(results), idle_rows(results), noisy_rows(results)
    if loads:
        parts += [plain(_LOAD_HEADER, loads), ""]
    if idle:
        parts += [plain(_IDLE_HEADER, idle), ""]
    if loads or idle:
        parts += [LEGEND, ""]
    if noisy:
        parts += [plain(_NOISY_HEADER, noisy), "", NOISY_LEGEND, ""]
    return "\n".join([*parts, summary(results)])


def summary(results: Results) -> str:
    """One line: how many bounds hold."""
    verdicts = [verdict for test in results.tests for verdict in results.verdicts(test)]
    if not verdicts:
        return "No bound was measured (that takes pgtenant and PgBouncer in one run)."
    return f"{sum(verdict.passed for verdict in verdicts)} of {len(verdicts)} bounds hold."


def markdown(results: Results, about: Dict[str, Dict[str, str]]) -> str:
    """A Markdown page."""
    lines = ["# pgtenant beside PgBouncer", ""]
    for title, entries in about.items():
        lines += [f"{title}: " + ", ".join(f"{key} {value}" for key, value in entries.items()) + ".", ""]
    loads, idle, noisy = load_rows(results), idle_rows(results), noisy_rows(results)
    if loads:
        lines += [markdown_table(_LOAD_HEADER, loads), ""]
    if idle:
        lines += [markdown_table(_IDLE_HEADER, idle), ""]
    if loads or idle:
        lines += [LEGEND, ""]
    if noisy:
        lines += ["## Noisy neighbours", "", markdown_table(_NOISY_HEADER, noisy), "", NOISY_LEGEND, ""]
    return "\n".join([*lines, summary(results), ""])


def as_json(results: Results, about: Dict[str, Dict[str, str]]) -> Dict[str, object]:
    """Everything, rounds included."""

    def of_test(test: Test) -> Dict[str, object]:
        cells = {
            name: {"median": cell.medians(), "spread": cell.spread("proxy_us"), **dataclasses.asdict(cell)}
            for name, cell in results.cells[test.name].items()
        }
        verdicts = [dataclasses.asdict(verdict) for verdict in results.verdicts(test)]
        return {"name": test.name, "proxies": cells, "ratios": results.ratios(test), "verdicts": verdicts}

    return {**about, "tests": [of_test(test) for test in results.tests]}


def write(results: Results, about: Dict[str, Dict[str, str]], folder: Path, name: str) -> List[Path]:
    """Both files; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    table, data = folder / f"{name}.md", folder / f"{name}.json"
    table.write_text(markdown(results, about))
    data.write_text(json.dumps(as_json(results, about), indent=1) + "\n")
    return [table, data]
