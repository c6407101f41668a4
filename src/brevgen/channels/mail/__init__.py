"""Letters by e-mail: messages, the mail server, delivery reports."""
