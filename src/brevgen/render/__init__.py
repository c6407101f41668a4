"""HOW IT LOOKS: content as PDF, DOCX, HTML and text, and read back."""
