"""The suite runs as two processes, and a warehouse that several files look at is made in one of them."""

import pytest


def test_tests_that_share_a_warehouse_stay_together(request: pytest.FixtureRequest) -> None:
    """pytest-xdist tells the groups by the names of the tests; a pytest that it does not know lost them in silence."""
    if not hasattr(request.config, "workerinput"):
        pytest.skip("one process runs all tests")
    assert request.node.nodeid.endswith(f"@{request.node.path}")
