"""Memory is held against its limits, and what is over one is named. `python -m benchmarks.memory` measures it."""

import pytest

from benchmarks.memory import HEAP, MOST_BY_FEW, MOST_OF_DOOR, ROOT, Figures, faults, report

FEW = Figures(municipalities=6, door=120, everything=200)


@pytest.mark.parametrize(
    ("door", "everything", "over"),
    [
        pytest.param(MOST_OF_DOOR, MOST_BY_FEW * 200, [], id="within"),
        pytest.param(MOST_OF_DOOR + 1, 200, ["a Door takes 181 MiB in the country"], id="a large Door"),
        pytest.param(100, 280, ["all workflows take 1.40 times as much in the country"], id="workflows that grow"),
    ],
)
def test_memory_over_a_limit_is_named(door: float, everything: float, over: list[str]) -> None:
    many = Figures(municipalities=357, door=door, everything=everything)

    assert [fault.partition(",")[0] for fault in faults(FEW, many)] == over
    assert f"{everything / 200:.2f} times; floor 70 MiB" in report(FEW, many, 70)


def test_it_is_measured_with_the_heap_that_deployments_have() -> None:
    image = (ROOT / "Containerfile").read_text("utf-8")
    app = (ROOT / "infra" / "modules" / "function.bicep").read_text("utf-8")

    assert all(f"ENV {name}={value}\n" in image for name, value in HEAP.items())
    assert all(f"{name}: '{value}'\n" in app for name, value in HEAP.items())
