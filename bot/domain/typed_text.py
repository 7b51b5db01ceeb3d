"""How typed text is compared and cut, in any script: what is spelled in several ways, and what separates a list."""

import re
import unicodedata
from types import MappingProxyType
from typing import Final

from bot.domain.display_name import without_invisible

_SEPARATORS: Final = ",，﹐︐、､﹑︑،;；﹔︔؛፣፤᠂߸꘍|｜¦\t•‣●▪◦∙‧⋅･\u3000"
"""What separates the items of a list: commas, semicolons, bars and bullets of all scripts, tabs and wide spaces.

Neither hyphens, slashes, full stops nor colons: they are parts of names.
"""
JOINT_WORDS: Final = "and|or|und|oder|et|ou|y|e|o|и|или|و"
"""What stands before the last item of a list, as a pattern. `items_of` cuts none there: names have such words, too."""
_LINE_ENDS: Final = "\n\r\v\f\x1c-\x1e\x85\u2028\u2029"
_MIDDLE_DOTS: Final = "(?<![lL])·|·(?![lL])|(?<![ァ-ヿ])・|・(?![ァ-ヿ])"  # not in the words of Catalan and Japanese
_IN_BRACKETS: Final = f"[(（][^()（）{_LINE_ENDS}]*[)）]"
_ITEM_END = re.compile(f"{_IN_BRACKETS}|(?P<end>[{re.escape(_SEPARATORS)}{_LINE_ENDS}]|{_MIDDLE_DOTS})")
"""The end of an item, or a remark in brackets, in which nothing ends: "Physics (GCSE, AS)" is one item."""
_APOSTROPHES: Final = re.compile("['’‘ʻʼ`´]")
_INVISIBLE_AROUND: Final = " \u00ad\u200b\u200e\u200f\u2060\ufeff"
_LETTERS_OF_THEIR_OWN: Final = MappingProxyType(
    str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ħ": "h"})
)
"""Letters that people without such a keyboard replace, and that Unicode does not take apart."""
_ACCENT = re.compile("[\u0300-\u036f]")  # Latin, Greek, Cyrillic; the marks of other scripts are letters of their own
_PART_OF_NAMES = "+#"  # C++, C#


def caseless(text: str) -> str:
    """`text` for comparison: without differences of case, width, normal form and blanks, or anything invisible."""
    normal = without_invisible(unicodedata.normalize("NFKC", text))
    visible = "".join(letter for letter in normal if unicodedata.category(letter) != "Cf")
    folded = unicodedata.normalize("NFKC", visible).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def accentless(text: str) -> str:
    """`caseless`, also without accents: "Økologi" and "okologi" are equal. The marks of other scripts stay."""
    apart = unicodedata.normalize("NFD", caseless(text))
    return unicodedata.normalize("NFC", _ACCENT.sub("", apart).translate(_LETTERS_OF_THEIR_OWN))


def bare(text: str) -> str:
    """`accentless`, also without full stops, quotes, hyphens and other signs: its words, with a blank between them."""
    kept = "".join(letter if _belongs_to_word(letter) else " " for letter in _APOSTROPHES.sub("", accentless(text)))
    return " ".join(kept.split()).lstrip("#")


def one_line(text: str) -> str:
    """`text` as a name to keep: in the usual normal form, with single blanks, without invisible letters around it."""
    return " ".join(unicodedata.normalize("NFC", text).split()).strip(_INVISIBLE_AROUND)


def items_of(text: str) -> list[str]:
    """The items of a list, whatever separates them; empty ones are left out."""
    return [item for each in _cut(text) if (item := one_line(each))]


def has_separator(text: str) -> bool:
    """Whether `text` is a list, be it of one item."""
    return len(_cut(text)) > 1


def _cut(text: str) -> list[str]:
    text = unicodedata.normalize("NFC", text)  # which turns other signs into separators
    ends = [found for found in _ITEM_END.finditer(text) if found["end"]]
    starts = [0, *(end.end() for end in ends)]
    return [text[start:stop] for start, stop in zip(starts, [*(end.start() for end in ends), len(text)], strict=True)]


def _belongs_to_word(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LMN" or letter in _PART_OF_NAMES
