"""What ../make_wire.py is made of: an encoder, and the messages of each kind."""
