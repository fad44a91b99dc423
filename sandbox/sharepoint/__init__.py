"""SharePoint: sites with their libraries, lists and pages."""
