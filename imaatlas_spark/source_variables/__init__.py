"""Claim lines to source variables (rules.md section 3): one module for each family of variables."""
