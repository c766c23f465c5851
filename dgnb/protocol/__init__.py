"""What travels: parameters, routes, models and refusals. No input or output happens here."""
