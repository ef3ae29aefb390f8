"""What the Python scripts share: named steps, their count, and the expectations that are the same for each driver.

A script passes or fails step by step, so that one refusal doesn't hide the rest.
"""
from __future__ import annotations

import asyncio
import inspect
import os
import sys
import time
import traceback
from typing import Any, Awaitable, Callable, List, Tuple, Union

DATABASE = os.environ.get("PGDATABASE", "")
#: Queries at once, and the pool that they share.
QUERIES, POOL = 200, 20
#: A cancel must get through within this time.
CANCEL_SECONDS = 2.0
#: About 20 MB, with characters of one to four bytes, never the same text twice in a row.
LARGE = "".join(f"{number:07d} ä€😀|" for number in range(1_050_000))
#: SQLSTATEs that a statement may get whose table's shape changed under it. It is an answer that drivers know how to take;
#: wrong columns would not be.
PLAN_CHANGED = {"0A000"}

Step = Callable[[], Union[None, Awaitable[None]]]


class Steps:
    """Runs steps and counts them."""

    def __init__(self, driver: str) -> None:
        self.driver, self.steps = driver, []  # type: Tuple[str, List[Tuple[str, Step]]]

    def __call__(self, step: Step) -> Step:
        """Registers a step: `@steps`. Its doc string is its name."""
        self.steps.append((inspect.getdoc(step) or step.__name__, step))
        return step

    async def run_async(self) -> int:
        """Runs all of them; the exit status."""
        failed = 0
        for name, step in self.steps:
            began = time.monotonic()
            try:
                outcome = step()
                if inspect.isawaitable(outcome):
                    await asyncio.wait_for(outcome, timeout=60)
                print(f"  ok    {name} ({time.monotonic() - began:.2f} s)", flush=True)
            except BaseException as error:  # pylint: disable=broad-except
                if isinstance(error, KeyboardInterrupt):
                    raise
                failed += 1
                print(f"  FAIL  {name}", flush=True)
                print("        " + "        ".join(traceback.format_exception(error)[-6:]), flush=True)
        print(f"{self.driver}: {len(self.steps) - failed} passed, {failed} failed", flush=True)
        return 1 if failed else 0

    def run(self) -> None:
        """Runs all of them and ends the program."""
        sys.exit(asyncio.run(self.run_async()))


def expect(found: Any, wanted: Any) -> None:
    """Fails unless both are equal; large values are cut in the message."""
    if found != wanted:
        raise AssertionError(f"found {repr(found)[:300]}, wanted {repr(wanted)[:300]}")


def expect_sql_state(error: BaseException, wanted: str) -> None:
    """Fails unless the driver's error carries this SQLSTATE."""
    expect(getattr(error, "sqlstate", None) or getattr(error, "pgcode", None), wanted)


class CancelWatch:
    """Measures from the request to the error."""

    def __init__(self) -> None:
        self.asked = 0.0

    def ask(self) -> None:
        """Called just before the driver's cancel."""
        self.asked = time.monotonic()

    def check(self, error: BaseException) -> None:
        """The statement ended with 57014, and in time."""
        expect_sql_state(error, "57014")
        took = time.monotonic() - self.asked
        if not self.asked or took > CANCEL_SECONDS:
            raise AssertionError(f"the cancel took {took:.2f} s, at most {CANCEL_SECONDS} s")
