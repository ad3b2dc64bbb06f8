"""Other tools on the pool: each module makes of a `lynx.Function` what one library takes.

A module imports its library when it is imported itself; none is needed by the rest of the package.
"""
