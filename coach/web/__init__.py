"""The coach in the browser on this machine."""
