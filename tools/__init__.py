"""What `make` and developers run: installs, builds, measures. Not part of the package.

Installing and locking need only the standard library.
"""
