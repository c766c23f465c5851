"""The network: the only place that knows httpx and websockets."""
