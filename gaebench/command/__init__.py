"""The command ``gaebench``: one file for each of its subcommands, in which ``command`` is it.

Such a file imports nothing heavy before it runs, so that ``--help`` is quick.
"""
