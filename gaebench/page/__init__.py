"""The results page: all that came out, and how it was made, in one HTML file that asks for nothing.

Each module makes one part of the page as plain values; the files in ``templates`` write them down.
"""
