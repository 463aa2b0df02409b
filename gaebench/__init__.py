"""gaebench: a reproducible benchmark of the Generative Auto Encoder."""

__version__ = "0.1.0"
