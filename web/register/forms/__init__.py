"""Forms of the register by subject: each is made for what it is about, and gives the edit that its answers mean."""
