"""How fast the expensive paths are, against the least that their matrix products take.

``make bench``, or ``python -m benchmarks [--small] [path ...]``. Nothing here is a test.
"""
