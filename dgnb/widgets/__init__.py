"""Live sessions in any notebook: microphone, captions, turns, speech.

Python decides, the browser draws and reports. Each widget is an ordinary ipywidget: it can
be laid out with others, and observed. In a notebook a live session shows its own widget.
"""
