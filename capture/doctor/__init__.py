"""Self-diagnosis: checks of this machine, and what to do about what fails."""
