"""One summary, many forms: each module here turns a Summary into text, and does nothing else."""
