"""The HTTP interface for programs: `/api/v1/…`, read-only, behind the same sign-in and rules as the pages."""
