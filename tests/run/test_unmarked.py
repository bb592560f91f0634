"""Text that nobody marked for translation is found; what is no text is let be."""

from __future__ import annotations

import pytest

from tools import unmarked


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ("<p>{% translate 'Hello' %}</p>", []),
        ("{% blocktranslate trimmed with n=n %}Hello {{ n }}{% endblocktranslate %} there", ["there"]),
        ('<input placeholder="Your name">', ["Your name"]),
        ('<input placeholder="{% translate \'Your name\' %}" name="q" value="all">', []),
        ('<{% if url %}a href="x"{% else %}button class="btn"{% endif %} type="submit">', []),
        ("{% block content_class %} is-wizard{% endblock %}<b>Wizard</b>", ["Wizard"]),
        ("<code>Authorization: Bearer</code> <script>var a = 1</script>", []),
        ("{{ base_url }}/orders/{{ order.id }}/", []),
        ("{{ why }}:\n\n{{ base_url }}/orders/{{ order.id }}/", []),
        ("{# remark #}{% comment %}long remark{% endcomment %} 1 · {{ n }} %", []),
        ("{% if a %}Yes{% else %}No{% endif %}", ["Yes No"]),
    ],
)
def test_text_outside_translation_tags(template: str, found: list[str]) -> None:
    assert unmarked.unmarked(template) == found
