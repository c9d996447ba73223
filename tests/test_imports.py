"""Checks which packages may import which; the contracts are in pyproject.toml under [tool.importlinter]."""

from __future__ import annotations

from tests.children import python


def test_rooms_import_only_what_they_may() -> None:
    with python("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()") as child:
        assert child.end(60) == 0, child.output
        assert "0 broken" in child.output
