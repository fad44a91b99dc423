"""Looking after what runs: permissions, drift, guests, access that ends, places that close."""
