"""An attacker: he reads what is published, knows every relation between the figures, and solves for what is hidden.

Written from the published rules of disclosure control and the columns of the tables alone; nothing here is shared with
the engine's protection. He is stronger than he need be: he knows how many persons have no known residence, sector, age,
sex or reimbursement.
"""
