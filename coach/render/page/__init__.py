"""What the page shows, computed as plain values: lanes, charts, transcript. The templates only lay it out."""
