"""The jobs of the service, a module for each room of `workflows/`; made of what lies outside and of each other."""
