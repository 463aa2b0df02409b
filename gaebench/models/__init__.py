"""The models, one family a file. Their contract is that of :class:`gaebench.model.Model`."""
