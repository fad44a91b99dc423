"""The protocol of Graph: requests, replies, errors, the registration of operations, filters, and the wire."""
