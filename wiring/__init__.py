"""The one place that decides what is real, from settings: the outside, the jobs that need it, the process they make."""
