"""Tests of what the benchmark computes: `python3 -m unittest discover -s benches/compare`. They start nothing."""
from __future__ import annotations

import base64
import hashlib
import os
import struct
import subprocess
import sys
import time
import unittest

import host
import load
import noisy
import report
import results
import syscalls
import usage
import wire
from measures import Test, all_tests

HERE = os.path.dirname(os.path.abspath(__file__))


def frame(kind: bytes, body: bytes) -> bytes:
    return wire.message(kind, body)


class Wire(unittest.TestCase):
    """SCRAM by the example of RFC 7677, section 3, and frames however they are cut."""

    def dialogue(self) -> wire.Dialogue:
        endpoint = wire.Endpoint(1, "user", "pencil", "db")
        dialogue = wire.Dialogue(endpoint, wire.ScramKeys("pencil"))
        dialogue._first_bare = b"n=user,r=rOprNGfwEbeRWgbNEkqO"
        return dialogue

    SERVER = [
        frame(b"R", struct.pack("!I", 10) + b"SCRAM-SHA-256\0\0"),
        frame(b"R", struct.pack("!I", 11) + b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"),
        frame(b"R", struct.pack("!I", 12) + b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
        + frame(b"R", struct.pack("!I", 0))
        + frame(b"Z", b"I"),
    ]

    def test_scram_example(self) -> None:
        dialogue = self.dialogue()
        self.assertTrue(dialogue.feed(self.SERVER[0]).endswith(b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO"))
        self.assertTrue(dialogue.feed(self.SERVER[1]).endswith(b"p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="))
        self.assertFalse(dialogue.ready)
        dialogue.feed(self.SERVER[2])
        self.assertTrue(dialogue.ready)

    def test_scram_byte_by_byte(self) -> None:
        whole, cut = self.dialogue(), self.dialogue()
        expected = b"".join(whole.feed(part) for part in self.SERVER)
        stream = b"".join(self.SERVER)
        self.assertEqual(b"".join(cut.feed(stream[at : at + 1]) for at in range(len(stream))), expected)
        self.assertTrue(cut.ready)

    def test_a_server_that_does_not_know_the_password(self) -> None:
        dialogue = self.dialogue()
        dialogue.feed(self.SERVER[0])
        dialogue.feed(self.SERVER[1])
        with self.assertRaises(wire.WireError):
            dialogue.feed(frame(b"R", struct.pack("!I", 12) + b"v=AAAA"))

    def test_an_error_is_told_with_its_code(self) -> None:
        with self.assertRaisesRegex(wire.WireError, "53300: too many"):
            self.dialogue().feed(frame(b"E", b"SFATAL\0C53300\0Mtoo many\0\0"))

    def test_verifier(self) -> None:
        salt = b"0123456789abcdef"
        algorithm, iterations, keys = wire.scram_verifier("secret", salt, 4096).replace(":", "$", 1).split("$", 2)
        self.assertEqual((algorithm, iterations), ("SCRAM-SHA-256", "4096"))
        kept_salt, rest = keys.split("$")
        stored, server = rest.split(":")
        client_key, server_key = wire.ScramKeys("secret").derive(salt, 4096)
        self.assertEqual(base64.b64decode(kept_salt), salt)
        self.assertEqual(base64.b64decode(stored), hashlib.sha256(client_key).digest())
        self.assertEqual(base64.b64decode(server), server_key)


class Figures(unittest.TestCase):
    """Windows, percentiles and medians."""

    def test_log_is_cut_to_the_window(self) -> None:
        lines = ["0 1 1000 0 99 999999\n", "0 2 2000 0 100 0\n", "1 1 failed 0 100 5\n", "1 2 3500 0 100 999999\n", "0 3 1 0 101 0\n", "broken"]
        self.assertEqual(load.parse_log(lines, 100.0, 101.0), [2.0, 3.5])

    def test_percentiles(self) -> None:
        hundred = [float(number) for number in range(1, 101)]
        self.assertEqual((load.percentile(hundred, 0.5), load.percentile(hundred, 0.99), load.percentile([7.0], 0.99)), (50.0, 99.0, 7.0))

    def test_microseconds_per_transaction(self) -> None:
        figures = load.Sample(2.0, 1000, [1.0] * 1000, 0.02, 0.05).figures()
        self.assertAlmostEqual(figures["proxy_us"], 20.0)
        self.assertAlmostEqual(figures["server_us"], 50.0)
        self.assertEqual(figures["tps"], 500.0)
        self.assertNotIn("proxy_us", load.Sample(2.0, 1, [1.0], None, 0.1).figures())
        with self.assertRaises(host.BenchError):
            load.Sample(2.0, 0, [], 0.0, 0.0).figures()

    def test_a_window_is_the_difference_of_two_readings(self) -> None:
        begin, end = load.Reading(10.0, 1.0, 5.0, 0.2), load.Reading(12.0, 1.5, 6.0, 0.3)
        sample = load.sample_between(begin, end, [1.0, 2.0])
        self.assertEqual((sample.seconds, sample.transactions, sample.proxy_seconds, sample.server_seconds), (2.0, 2, 0.5, 1.0))
        self.assertAlmostEqual(sample.proxy_user_seconds or 0.0, 0.1)
        without = load.sample_between(load.Reading(1.0, None, 0.0, None), load.Reading(2.0, None, 1.0, None), [1.0])
        self.assertEqual((without.proxy_seconds, without.proxy_user_seconds), (None, None))

    def test_strace_summary(self) -> None:
        text = """% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 60.00    0.060000           3     20000       150 recvfrom
 40.00    0.040000           2     19000           sendto
------ ----------- ----------- --------- --------- ----------------
100.00    0.100000           2     39000       150 total
"""
        self.assertEqual(syscalls.parse_counts(text), {"recvfrom": 20000, "sendto": 19000})


class Bounds(unittest.TestCase):
    """Ratios and verdicts."""

    def results(self, test: Test, ours: list, theirs: list) -> results.Results:
        found = results.Results([test], ["pgbouncer", "pgtenant"])
        found.cells[test.name]["pgtenant"].rounds = ours
        found.cells[test.name]["pgbouncer"].rounds = theirs
        return found

    def test_medians_make_the_ratio(self) -> None:
        test = Test("t", load.Load("simple", 16), 1.10)
        rounds = [{"proxy_us": value, "server_us": 50.0} for value in (11.0, 500.0, 10.0)]
        found = self.results(test, rounds, [{"proxy_us": 10.0, "server_us": 50.0}])
        self.assertAlmostEqual(found.ratios(test)["proxy_us"], 1.1)
        self.assertEqual([verdict.passed for verdict in found.verdicts(test)], [True])
        found = self.results(test, [{"proxy_us": 11.01}], [{"proxy_us": 10.0}])
        self.assertEqual([verdict.passed for verdict in found.verdicts(test)], [False])
        self.assertEqual(found.failures(), 1)

    def test_extended_needs_less_of_postgresql(self) -> None:
        test = next(test for test in all_tests() if test.name == "extended-16")
        found = self.results(test, [{"proxy_us": 9.0, "server_us": 50.0}], [{"proxy_us": 10.0, "server_us": 50.0}])
        self.assertEqual([verdict.passed for verdict in found.verdicts(test)], [True, False])

    def test_memory(self) -> None:
        test = next(test for test in all_tests() if test.idle_clients)
        for kilobytes, held, expected in ((6.0, 10000.0, [True, True]), (6.1, 9999.0, [False, False])):
            found = self.results(test, [{"idle_kb": kilobytes, "held": held}], [{"idle_kb": 1.0, "held": 10000.0}])
            self.assertEqual([verdict.passed for verdict in found.verdicts(test)], expected)

    def test_neighbours(self) -> None:
        by_name = {test.name: test for test in all_tests() if test.flood}
        self.assertEqual(sorted(by_name), ["noisy-heavy-own", "noisy-heavy-shared", "noisy-sleep-own", "noisy-sleep-shared"])
        for name, figure, value, passed in (
            ("noisy-sleep-own", "p99_ratio", 1.5, True),
            ("noisy-sleep-own", "p99_ratio", 1.51, False),
            ("noisy-heavy-shared", "tps_ratio", 0.40, True),
            ("noisy-heavy-shared", "tps_ratio", 0.39, False),
        ):
            found = self.results(by_name[name], [{figure: value}], [{figure: 9.0}])
            self.assertEqual([verdict.passed for verdict in found.verdicts(by_name[name])], [passed], (name, value))
            self.assertIn("Noisy neighbours", report.markdown(found, {}))
            self.assertNotIn("kB/idle", report.terminal(found))

    def test_a_report_of_neighbours(self) -> None:
        def group(name: str, per_second: float, p99: float) -> dict:
            return {"group": name, "all": {"per_second": per_second, "latency_ms": {"p99": p99}}}

        phases = [{"groups": [group("main", 100.0, 1.0)]}, {"groups": [group("flood noisy", 7.0, 50.0), group("main", 50.0, 4.0)]}]
        figures = noisy.figures({"phases": phases, "total": {"failed": 0, "errors": {}}})
        self.assertEqual((figures["tps_ratio"], figures["p99_ratio"], figures["noisy_tps"]), (0.5, 4.0, 7.0))
        phases[1]["groups"][1]["all"]["latency_ms"] = None
        self.assertEqual(noisy.figures({"phases": phases, "total": {"failed": 0}})["p99_ratio"], float("inf"))
        for wrong in ({"phases": phases[:1], "total": {"failed": 0}}, {"phases": phases, "total": {"failed": 3, "errors": {}}}):
            with self.assertRaises(host.BenchError):
                noisy.figures(wrong)

    def test_an_error_fails(self) -> None:
        test = Test("t", load.Load("simple", 1))
        found = self.results(test, [], [])
        found.cells["t"]["pgtenant"].errors.append("client 3 aborted\nmore")
        self.assertEqual(found.failures(), 1)
        self.assertIn("error: client 3 aborted", report.terminal(found))

    def test_special_proxies_take_part_where_they_are_named(self) -> None:
        by_name = {test.name: test for test in all_tests()}
        self.assertTrue(by_name["gate-simple-16"].involves("gate-off"))
        self.assertFalse(by_name["gate-simple-16"].involves("pgtenant"))
        self.assertFalse(by_name["simple-16"].involves("gate-off"))

    def test_the_bounds_of_the_issues(self) -> None:
        bounds = {test.name: test.bound for test in all_tests() if test.bound is not None}
        self.assertEqual(
            bounds,
            {
                "simple-16": 1.10,
                "simple-100": 0.95,
                "extended-16": 1.00,
                "extended-100": 1.00,
                "prepared-16": 1.00,
                "prepared-100": 1.00,
                "row-simple-16": 1.30,
                "row-prepared-16": 1.05,
                "gate-simple-16": 1.25,
                "gate-cached-16": 1.05,
                "gate-prepared-16": 1.05,
                "rows-1000x100B-8": 0.50,
                "row-1x100kB-8": 0.50,
                "connect-8": 1.10,
            },
        )


class Clocks(unittest.TestCase):
    """The kernel's clocks count other processes, their children and those that ended."""

    BURN = "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass\n"

    def test_a_process(self) -> None:
        process = subprocess.Popen([sys.executable, "-c", self.BURN + "time.sleep(60)"])
        try:
            self.assertTrue(host.wait_until(lambda: usage.process_seconds(process.pid) >= 0.3, 20.0))
            time.sleep(0.1)
            self.assertLess(usage.process_seconds(process.pid), 1.0)
            self.assertGreater(usage.resident_bytes(process.pid), 2**20)
        finally:
            process.kill()
            process.wait()

    def test_a_tree_with_a_child_that_ended(self) -> None:
        code = f"import subprocess, sys, time\nsubprocess.run([sys.executable, '-c', {self.BURN!r}])\n"
        code += "print('done', flush=True)\ntime.sleep(60)"
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
        try:
            process.stdout.readline()
            self.assertGreaterEqual(usage.tree_seconds(process.pid), 0.28)
            self.assertGreater(usage.tree_seconds(process.pid), usage.process_seconds(process.pid) + 0.25)
        finally:
            process.kill()
            process.communicate()


class CommandLine(unittest.TestCase):
    """What is chosen by which option."""

    def listed(self, *arguments: str) -> list:
        done = subprocess.run([sys.executable, HERE, "--list", *arguments], capture_output=True, text=True, check=True)
        return done.stdout.split()

    def test_choice(self) -> None:
        self.assertIn("simple-1000", self.listed())
        self.assertNotIn("simple-1000", self.listed("--quick"))
        for name in ("simple-16", "simple-100", "extended-16", "prepared-16", "rows-1000x100B-8", "connect-8", "idle-memory"):
            self.assertIn(name, self.listed("--quick"))
        self.assertEqual(self.listed("--quick", "--only", "^simple-1000$"), ["simple-1000"])

    def test_refusals(self) -> None:
        for arguments in (["--proxies", "other"], ["--rounds", "0"], ["--only", "("], ["--only", "nothing-like-it"]):
            done = subprocess.run([sys.executable, HERE, *arguments], capture_output=True, text=True, check=False)
            self.assertNotEqual(done.returncode, 0, arguments)
            self.assertNotIn("Traceback", done.stderr, arguments)


if __name__ == "__main__":
    unittest.main()
