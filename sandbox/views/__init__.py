"""The tenant in the browser: pages, and what people do on them."""
