"""HTTP: parse, ask, render. No SQL, no arithmetic, no provider names."""
