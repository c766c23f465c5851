from dgnb.views import fragments

HOSTILE = '<script>alert("x")</script>'


def test_labels_and_facts_are_escaped() -> None:
    html = fragments.article(HOSTILE, [fragments.head(HOSTILE, True, [HOSTILE, ""])])
    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 3


def test_only_the_sandbox_has_a_badge() -> None:
    assert fragments.BADGE in fragments.head("Speech", True, [])
    assert "sandbox" not in fragments.head("Speech", False, [])


def test_a_long_foreign_text_is_cut_before_it_is_escaped() -> None:
    assert fragments.foreign("<" * 10, longest=2) == '<span dir="auto">&lt;&lt;…</span>'


def test_an_article_is_kept_from_mathjax() -> None:
    assert "mathjax_ignore" in fragments.article("x", [])
