"""What the numbers mean: pure functions and values, and the store beside them."""
