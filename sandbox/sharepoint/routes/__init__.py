"""Operations of Graph on sites, drives, lists and pages."""
