"""Short scripts to copy from; `papers` holds one file per reproduced paper."""
