"""Imported by the server whose copies are jobs (`running.forked`): it outlives a termination.

A run that is terminated terminates its jobs; the server ends when the last of them has, and with
it goes the word of how each ended.
"""

import signal

signal.signal(signal.SIGTERM, signal.SIG_IGN)
