"""Spreadsheets in general: text files and workbooks as rows, whatever they mean."""
