"""The record at the desk, for auditors."""
