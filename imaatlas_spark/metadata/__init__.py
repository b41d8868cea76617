"""The same figures for machines: SDMX, CSV on the Web, DCAT, schema.org, citations. Plain Python, from the reader."""
