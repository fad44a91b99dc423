"""Pages about the service that anybody may read: accessibility, privacy, help."""
