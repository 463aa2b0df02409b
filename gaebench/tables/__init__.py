"""The tables, one a file: what each shows; parameters say of which models, data sets and seeds."""
