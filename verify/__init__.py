"""For when a trace does not show up: `python -m verify` checks every hop, `python -m verify.orphan` breaks one."""
