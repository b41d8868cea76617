"""A synthetic nation, drawn inside Spark: nobody in it exists, and every table says so."""
