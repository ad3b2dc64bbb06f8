"""Warm starts of Python scenarios: `learn` from a cold run, `vet` its imports, `serve` copies that have them done.

`boot` makes an interpreter run one of the three before its scenario. The engine embeds these files and passes them on
as one text; this file is empty and exists for tools only.
"""
