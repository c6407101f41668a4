"""What is run around the program, never with it."""
