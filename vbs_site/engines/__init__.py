"""Where SQL runs: one tree of building blocks, and the engines that understand it."""
