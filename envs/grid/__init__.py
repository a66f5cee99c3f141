"""What gridworlds share: cells, the view of an agent, what it can do, reachability, text, pictures."""
