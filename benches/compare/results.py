"""What was measured, and what it means: medians over rounds, ratios to a test's yardstick, verdicts. No IO."""
from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from typing import Dict, List, Optional

from measures import IDLE_KILOBYTES, Test

@dataclass
class Cell:
    """One test on one proxy: its rounds, or why there are none."""

    rounds: List[Dict[str, float]] = field(default_factory=list)
    note: str = ""
    skipped: str = ""
    errors: List[str] = field(default_factory=list)

    def medians(self) -> Dict[str, float]:
        """The median of each figure."""
        if not self.rounds:
            return {}
        return {name: statistics.median(figures[name] for figures in self.rounds if name in figures) for name in self.rounds[0]}

    def spread(self, name: str) -> Optional[float]:
        """(highest - lowest) / median over the rounds: how far to trust a figure."""
        values = [figures[name] for figures in self.rounds if name in figures]
        middle = statistics.median(values) if values else 0.0
        return (max(values) - min(values)) / middle if middle else None


@dataclass(frozen=True)
class Verdict:
    """A bound and whether it holds."""

    what: str
    value: float
    bound: float
    passed: bool

    def words(self) -> str:
        """For the table."""
        return f"{'pass' if self.passed else 'FAIL'}: {self.what} {self.value:,.4g}"


class Results:
    """All cells of a run."""

    def __init__(self, tests: List[Test], proxies: List[str]) -> None:
        self.tests = tests
        self.proxies = proxies
        self.cells: Dict[str, Dict[str, Cell]] = {test.name: {name: Cell() for name in proxies} for test in tests}

    def ratios(self, test: Test) -> Dict[str, float]:
        """Ours / the yardstick's, for each figure that both have."""
        cells = self.cells[test.name]
        if test.ours not in cells or test.yardstick not in cells:
            return {}
        ours, theirs = cells[test.ours].medians(), cells[test.yardstick].medians()
        return {name: ours[name] / theirs[name] for name in ours if theirs.get(name)}

    def verdicts(self, test: Test) -> List[Verdict]:
        """What the test's bounds say; an error or a missing figure of ours under a bound fails it."""
        if test.ours not in self.proxies:
            return []
        ours = self.cells[test.name][test.ours]
        found: List[Verdict] = []
        ratios = self.ratios(test)
        if ours.errors:
            found.append(Verdict("errors", float(len(ours.errors)), 0.0, False))
        if test.bound is not None and "proxy_us" in ratios:
            found.append(Verdict("proxy CPU", ratios["proxy_us"], test.bound, ratios["proxy_us"] <= test.bound))
        if test.less_server_cpu and "server_us" in ratios:
            found.append(Verdict("PostgreSQL CPU", ratios["server_us"], 1.0, ratios["server_us"] < 1.0))
        medians = ours.medians()
        if test.most_p99 is not None and "p99_ratio" in medians:
            found.append(Verdict("p99", medians["p99_ratio"], test.most_p99, medians["p99_ratio"] <= test.most_p99))
        if test.least_tps is not None and "tps_ratio" in medians:
            found.append(Verdict("tps", medians["tps_ratio"], test.least_tps, medians["tps_ratio"] >= test.least_tps))
        if test.idle_clients and medians:
            found.append(Verdict("kB per idle client", medians["idle_kb"], IDLE_KILOBYTES, medians["idle_kb"] <= IDLE_KILOBYTES))
            found.append(Verdict("clients held", medians["held"], float(test.held_clients), medians["held"] >= test.held_clients))
        return found

    def failures(self) -> int:
        """How many verdicts are bad, over all tests."""
        return sum(1 for test in self.tests for verdict in self.verdicts(test) if not verdict.passed)

    def errors(self) -> int:
        """How many rounds of any proxy went wrong."""
        return sum(len(cell.errors) for cells in self.cells.values() for cell in cells.values())
