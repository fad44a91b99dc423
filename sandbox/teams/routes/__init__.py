"""Operations of Graph on teams."""
