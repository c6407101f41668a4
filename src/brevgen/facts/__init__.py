"""WHAT WE KNOW: the round, the municipalities, their contacts and the allocation, checked."""
