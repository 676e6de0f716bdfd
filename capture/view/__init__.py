"""Arrays in, a drawn picture out: overlay, labels, panel, inspection."""
