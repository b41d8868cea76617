"""What a published figure is, in the codes of SDMX: `obs_status` and `conf_status` of `statistics/*`."""

NORMAL, CANNOT_EXIST, SUPPRESSED, BREAK, PROVISIONAL, ESTIMATED = "A", "M", "Q", "B", "P", "E"
FREE, CONFIDENTIAL = "F", "C"
