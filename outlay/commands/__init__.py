"""The verbs of the command line. Nothing heavy is imported until a verb runs."""
