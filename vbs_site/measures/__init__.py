"""What we compute: measure model to SQL tree to engine to aggregates. The last room where a patient row is seen."""
