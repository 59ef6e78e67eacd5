"""What all trackers share: a guarded way out to HTTP, strict JSON, typed fields, signatures."""
