"""HOW IT GETS THERE: recipients, the outbox, mail."""
