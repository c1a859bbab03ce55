"""Build hook of hatchling: the wheel names the commit it was built from, where git knows it."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CommitHook(BuildHookInterface):
    """Adds mesenluth/_project/COMMIT to the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        # An editable installation runs from the clone, which git knows.
        if version == "editable":
            return
        sys.path.insert(0, str(Path(self.root, "src")))
        from mesenluth.version import COMMIT, described

        known = described(Path(self.root))
        if known:
            file = Path(self.directory, COMMIT)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(known + "\n", encoding="utf-8")
            build_data["force_include"][str(file)] = f"mesenluth/_project/{COMMIT}"
