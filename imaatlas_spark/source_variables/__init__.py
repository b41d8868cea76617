"""Claim lines to source variables (definitions, section 3): one module for each family of variables."""
