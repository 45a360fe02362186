"""A small ERP: orders come in over HTTP and are invoiced in the background."""
