"""HOW IT GETS THERE: the recipients of a letter, the message to each, and the way it takes."""
