"""Live sessions as a person has them: they run by themselves, and can be looked at, read and stopped."""
