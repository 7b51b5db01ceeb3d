"""What members write for partners, without what leads away from the server."""

import pytest

from bot.domain.contact_details import without_contact_details


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/me",
        "HTTP://EXAMPLE.ORG",
        "tg://resolve?domain=mara",
        "www.example.org/mara",
        "example.com",
        "discord.gg/abc123",
        "t.me/mara",
        "study.example/room",
        "mara@example.org",
        "@mara_1",
        "<@123456789012345678>",
        "<@!123456789012345678>",
        "+49 171 2345678",
        "(0)171/234-56-78 9",
        "0171 234 567 89",
        "01712345678",
        "2345678",
        "٠١٧١٢٣٤٥٦٧٨",
    ],
)
def test_what_leads_away_is_dotted_out(text: str) -> None:
    """Whatever stands around it stays, and nothing of it does."""
    hidden = without_contact_details(f"Maths, {text} please")
    assert hidden.startswith("Maths, ")
    assert hidden.endswith(" please")
    assert sum(letter.isalnum() for letter in hidden) == len("Mathsplease")
    assert "•••" in hidden


@pytest.mark.parametrize(
    "text",
    [
        "Chapter 3, problems 12 to 18",
        "pages 120-135, 200-210",
        "Europe 1914-1918 and 1939/45",
        "exam on 29.11.2026 at 14:30",
        "exam on 2026-11-29",
        "Node.js and main.py in ASP.NET",
        "e.g. vectors, i.e. arrows",
        "100,000 words",
        "C++ / C#",
        "integrals 1.2.3 to 1.2.10",
        "a mix of 50/50",
    ],
)
def test_what_one_studies_stays(text: str) -> None:
    """Numbers of chapters, pages, years and dates, and names with full stops in them."""
    assert without_contact_details(text) == text
