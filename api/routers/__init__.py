"""One module per noun; a handler parses, asks and renders, in at most fifteen lines."""
