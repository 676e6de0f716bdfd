"""The browser page: a second face over the commands and the view, beside the window."""
