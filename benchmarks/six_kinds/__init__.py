"""The rules that the Java peer runs: six kinds. Headrace itself runs its whole table: the peer has less to do."""
