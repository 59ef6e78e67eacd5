"""What the outside looks like: one package per tracker, and nothing else knows them."""
