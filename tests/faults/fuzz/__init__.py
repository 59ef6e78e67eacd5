"""What strangers send, spoilt at random: every parser ends in a value or an expected refusal."""
