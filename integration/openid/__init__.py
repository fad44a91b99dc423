"""Sign-in with OpenID Connect: Entra ID, and Ansattporten where it is switched on."""
