"""Structured logs, in text or JSON, that let no secret through."""
