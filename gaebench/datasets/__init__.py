"""One module per data set: where its files come from, their hashes, and how they are read.

A module has ``SOURCE`` (the name of its raw folder), ``FILES`` (file name -> RawFile) and
``read(raw, *, <options>) -> Dataset``, where ``raw`` is the folder ``data/raw/{SOURCE}``.
"""
