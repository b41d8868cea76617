"""Deliveries made by others to accepted inputs: the contract, its checks, the quarantine."""
