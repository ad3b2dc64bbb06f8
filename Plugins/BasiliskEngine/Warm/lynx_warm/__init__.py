"""Warm starts of Python scenarios: `learn` from a cold run, `vet` what it imports, `serve` copies that find it done.

`boot` has an interpreter run one of the three before its scenario. The engine embeds these files and hands them over as
one text; this one, which there is nothing in, serves tools alone.
"""
