"""Privacy to the end: how long data are kept, in every copy, and how one person's records go from all of them."""
