"""What `make` runs: installs, builds the page, writes lock files. Standard library only; no part of the package."""
