"""HOW IT LOOKS: PDF, DOCX and plain text from one content, and a look at what came out."""
