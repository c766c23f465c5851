"""What a result looks like: tables, plots, HTML and text."""
