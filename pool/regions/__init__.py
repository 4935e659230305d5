"""The 28 regions, their municipalities, action lines, building blocks and themes."""
