"""The smallest runner that does: cases are functions, each prints a line, the last line counts them."""

import sys
import time
import traceback
from typing import Callable

_CASES: list[Callable] = []


def case(function: Callable) -> Callable:
    """Registers a function as a case; its docstring is what it shows."""
    _CASES.append(function)
    return function


def run(*arguments) -> None:
    """Runs the cases in the order of the file, or those named on the command line, and ends the process."""
    wanted = sys.argv[1:]
    passed = failed = 0
    for function in _CASES:
        if wanted and function.__name__ not in wanted:
            continue
        started = time.monotonic()
        try:
            function(*arguments)
            passed += 1
            verdict = "ok"
        except Exception:  # noqa: BLE001: a case may fail in any way
            traceback.print_exc()
            failed += 1
            verdict = "FAILED"
        print(f"{verdict:6} {function.__name__}  {time.monotonic() - started:.2f} s", flush=True)
    print(f"{passed} passed, {failed} failed", flush=True)
    sys.exit(1 if failed or not passed else 0)


def equal(got, wanted, what: str = "") -> None:
    """Asserts equality and shows both sides."""
    assert got == wanted, f"{what or 'value'}: got {got!r}, wanted {wanted!r}"
