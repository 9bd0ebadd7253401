"""What each measure means, once: examples that are tests on every engine and the method pages of the site."""
