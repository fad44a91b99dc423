"""Operations of Graph on events and mail."""
