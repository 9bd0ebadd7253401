"""What was published is read back and attacked, as an intruder would; shares nothing with the rooms that hide."""
