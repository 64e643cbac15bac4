"""deploy/figures.py against logs of its own: it adds up, and lets no fault and no lack pass."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "deploy"))
sys.dont_write_bytecode = True

from figures import LEAST, Figures  # noqa: E402  (found by the line above)


def line(name: str, count: int, lost: int = 0) -> str:
    return f"figure {name}={count} lost={lost} duplicated=0 undetected=0\n"


def log(**tests: str) -> str:
    """As ctest writes it."""
    return "".join(f"{i}/9 Testing: net/{test}\n{i}/9 Test: net/{test}\nOutput:\n----\n{said}"
                   f"<end of output>\n" for i, (test, said) in enumerate(tests.items(), 1))


def main() -> None:
    whole = {f"t{i}": line(name, least) for i, (name, least) in enumerate(LEAST.items())}
    good = Figures([log(**whole)])
    assert good.faults() == [], good.faults()
    more = Figures([log(**whole), log(other=line("kills", 5) + "coverage wire=12 of 340\n")])
    assert more.sums["kills"] == [LEAST["kills"] + 5, 0, 0, 0], more.sums
    assert more.tests["kills"] == {"net/t1", "net/other"}, more.tests
    shown = more.table("1 May 2026")
    assert "| kills | 305 | 0 | 0 | 0 | `net/other`, `net/t1` |" in shown, shown
    assert "wire 12 of 340" in shown, shown
    for name, least in LEAST.items():
        at = next(test for test, said in whole.items() if f" {name}=" in said)
        for said in ("", line(name, least - 1)):
            told = Figures([log(**{**whole, at: said})]).faults()
            assert len(told) == 1 and told[0].startswith(name), told
    told = Figures([log(**whole, other=line("kills", 1, lost=2))]).faults()
    assert told == ["kills: 2 lost"], told
    assert not Figures(["nothing"]).sums
    print("figures add up; each lack and each fault is told")


if __name__ == "__main__":
    main()
