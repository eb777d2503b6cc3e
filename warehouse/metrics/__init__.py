"""The questions: measures, dimensions, `CostQuery`, `compile`, `answer`."""
