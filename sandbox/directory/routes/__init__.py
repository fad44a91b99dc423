"""Operations of Graph on users and groups."""
