"""Fill in an application page by page, give the papers, check and send."""
