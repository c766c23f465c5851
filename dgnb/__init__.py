"""The Deepgram speech API in Jupyter."""

__version__ = "0.1.0"
