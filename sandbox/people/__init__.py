"""The people of the tenant: their Teams client, and what each of them sees."""
