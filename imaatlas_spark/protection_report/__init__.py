"""How much protection hides, and why, for those who sign a release: docs/protection.md, How to read the report.

Inside only.
"""
