"""How much protection hides, and why: for those who sign a release. Inside only (docs/protection.md, section 8)."""
