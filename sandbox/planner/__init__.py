"""Planner: plans, buckets and tasks."""
