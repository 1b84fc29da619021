"""What the coach says and knows, as TOML that a counsellor can edit."""
