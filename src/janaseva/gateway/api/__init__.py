"""What all operations of the API share: how they are declared, read, refused, paged and described."""
