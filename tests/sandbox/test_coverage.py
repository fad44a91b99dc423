from sandbox.coverage import PAGE, page


def test_the_page_of_what_is_played_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m sandbox.coverage"
