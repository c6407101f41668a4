"""What the archive gets: letters as journal entries, their files, and proof that all is there."""
