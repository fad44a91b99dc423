"""Sign-in of people: Entra ID's and Ansattporten's OpenID Connect, with a page to pick a person."""
