"""The shell of pages behind sign-in: header, menus, the way here, and the parts that pages are made of."""
