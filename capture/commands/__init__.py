"""What a person may ask for during a run, whichever face shows it: the commands, and the state that they change."""
