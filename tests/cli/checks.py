"""What the tests of the command line share: failures are collected, printed at the end, and make the exit code."""
failures = []


def check(what, holds, detail=""):
    if not holds:
        failures.append(f"{what}: {detail}")


def finish():
    """The exit code, after the failures."""
    for failure in failures:
        print(failure)
    print(f"{len(failures)} failures")
    return 1 if failures else 0
