"""One module per page type: from the context to the fragments that fill the page's holes."""
