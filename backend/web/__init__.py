"""What all that answers HTTP shares: the server, its address, who may ask, and how replies and faults look."""
