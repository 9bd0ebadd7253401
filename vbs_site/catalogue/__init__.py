"""What we measure: YAML to a frozen, typed model, with every fault named by file and line."""
