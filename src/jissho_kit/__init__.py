"""The instructor's and author's side of the kit."""
