"""For the person whose trace does not show up: `python -m verify` checks every hop, `verify.orphan` breaks one."""
