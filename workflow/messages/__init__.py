"""What a run of the graph says where it begins and where it ends."""
