"""Network cameras: their addresses and certificates, and the pictures in what they send."""
