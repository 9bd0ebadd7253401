"""What has changed between two versions of a catalogue, and what it does to the numbers."""
