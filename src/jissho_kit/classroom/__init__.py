"""The classroom: a participant's workspace, the server it opens in, and the dress rehearsal."""
