"""The commands behind `make` and for developers: install, build, measure. Not part of the package.

Installing and locking need only the standard library.
"""
