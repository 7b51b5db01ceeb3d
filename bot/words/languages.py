"""The languages that people may speak, by code, and reading them as people write them.

A language is one that two people can talk in: regions and scripts are left out. The codes are those of BCP 47, `no`
for both forms of Norwegian. All locales of Discord are among them.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Final

from bot.domain.typed_text import JOINT_WORDS, accentless, bare, items_of

# fmt: off
NAMES: Final[Mapping[str, Sequence[str]]] = MappingProxyType(
    {
        "af": ("Afrikaans", "afr"),
        "am": ("አማርኛ", "Amharic", "amh"),
        "ar": ("العربية", "Arabic", "ara", "العربية الفصحى"),
        "az": ("Azərbaycanca", "Azerbaijani", "aze", "Azeri", "Azərbaycan"),
        "be": ("Беларуская", "Belarusian", "bel"),
        "bg": ("Български", "Bulgarian", "bul"),
        "bn": ("বাংলা", "Bengali", "ben", "Bangla"),
        "bs": ("Bosanski", "Bosnian", "bos", "Босански"),
        "ca": ("Català", "Catalan", "cat", "Valencian", "Valencià"),
        "cs": ("Čeština", "Czech", "ces", "cze", "Česky"),
        "cy": ("Cymraeg", "Welsh", "cym", "wel"),
        "da": ("Dansk", "Danish", "dan"),
        "de": ("Deutsch", "German", "deu", "ger", "Hochdeutsch", "Schweizerdeutsch"),
        "el": ("Ελληνικά", "Greek", "ell", "gre"),
        "en": ("English", "eng", "Englisch", "Anglais", "Inglés", "Inglês", "Inglese", "Английский", "英语",
               "英語", "영어"),
        "es": ("Español", "Spanish", "spa", "Castellano", "Castilian"),
        "et": ("Eesti", "Estonian", "est", "Eesti keel"),
        "eu": ("Euskara", "Basque", "eus", "baq"),
        "fa": ("فارسی", "Persian", "fas", "per", "Farsi", "Dari", "دری"),
        "fi": ("Suomi", "Finnish", "fin"),
        "fil": ("Filipino", "tl", "tgl", "Tagalog"),
        "fr": ("Français", "French", "fra", "fre"),
        "ga": ("Gaeilge", "Irish", "gle", "Irish Gaelic"),
        "gl": ("Galego", "Galician", "glg"),
        "gu": ("ગુજરાતી", "Gujarati", "guj"),
        "he": ("עברית", "Hebrew", "heb", "iw"),
        "hi": ("हिन्दी", "Hindi", "hin", "हिंदी"),
        "hr": ("Hrvatski", "Croatian", "hrv"),
        "hu": ("Magyar", "Hungarian", "hun"),
        "hy": ("Հայերեն", "Armenian", "hye", "arm"),
        "id": ("Bahasa Indonesia", "Indonesian", "ind", "Indonesia"),
        "is": ("Íslenska", "Icelandic", "isl", "ice"),
        "it": ("Italiano", "Italian", "ita"),
        "ja": ("日本語", "Japanese", "jpn", "にほんご"),
        "ka": ("ქართული", "Georgian", "kat", "geo"),
        "kk": ("Қазақша", "Kazakh", "kaz", "Қазақ тілі"),
        "km": ("ខ្មែរ", "Khmer", "khm", "ភាសាខ្មែរ"),
        "kn": ("ಕನ್ನಡ", "Kannada", "kan"),
        "ko": ("한국어", "Korean", "kor", "한국말", "조선말"),
        "lo": ("ລາວ", "Lao", "lao", "ພາສາລາວ"),
        "lt": ("Lietuvių", "Lithuanian", "lit", "Lietuviškai", "Lietuvių kalba"),
        "lv": ("Latviešu", "Latvian", "lav", "Latviešu valoda"),
        "mk": ("Македонски", "Macedonian", "mkd", "mac"),
        "ml": ("മലയാളം", "Malayalam", "mal"),
        "mn": ("Монгол", "Mongolian", "mon", "Монгол хэл"),
        "mr": ("मराठी", "Marathi", "mar"),
        "ms": ("Bahasa Melayu", "Malay", "msa", "may", "Melayu", "Bahasa Malaysia"),
        "my": ("မြန်မာ", "Burmese", "mya", "bur", "မြန်မာဘာသာ"),
        "ne": ("नेपाली", "Nepali", "nep"),
        "nl": ("Nederlands", "Dutch", "nld", "dut", "Flemish", "Vlaams"),
        "no": ("Norsk", "Norwegian", "nor", "nb", "nob", "nn", "nno", "Bokmål", "Nynorsk"),
        "pa": ("ਪੰਜਾਬੀ", "Punjabi", "pan", "پنجابی"),
        "pl": ("Polski", "Polish", "pol", "Po polsku", "Język polski"),
        "pt": ("Português", "Portuguese", "por"),
        "ro": ("Română", "Romanian", "ron", "rum", "Moldovan", "Moldavian"),
        "ru": ("Русский", "Russian", "rus", "Русский язык", "По-русски"),
        "si": ("සිංහල", "Sinhala", "sin", "Sinhalese"),
        "sk": ("Slovenčina", "Slovak", "slk", "slo", "Slovensky"),
        "sl": ("Slovenščina", "Slovenian", "slv", "Slovene"),
        "sq": ("Shqip", "Albanian", "sqi", "alb"),
        "sr": ("Српски", "Serbian", "srp", "Srpski", "Montenegrin"),
        "sv": ("Svenska", "Swedish", "swe"),
        "sw": ("Kiswahili", "Swahili", "swa"),
        "ta": ("தமிழ்", "Tamil", "tam"),
        "te": ("తెలుగు", "Telugu", "tel"),
        "th": ("ไทย", "Thai", "tha", "ภาษาไทย"),
        "tr": ("Türkçe", "Turkish", "tur"),
        "uk": ("Українська", "Ukrainian", "ukr", "Українська мова"),
        "ur": ("اردو", "Urdu", "urd"),
        "uz": ("Oʻzbekcha", "Uzbek", "uzb", "Oʻzbek"),
        "vi": ("Tiếng Việt", "Vietnamese", "vie"),
        "zh": ("中文", "Chinese", "zho", "chi", "cmn", "汉语", "漢語", "普通话", "國語", "国语", "华语", "Mandarin",
               "简体中文", "繁體中文"),
    }
)
# fmt: on
"""Its own name first, the one that is shown; then what else people call it, its English name before all."""

_ABROAD: Final = """
am: Amharisch, amharique, amárico, amarico
ar: Arabisch, arabe, árabe, arabo
az: Aserbaidschanisch, azéri, azerí, azero
be: Belarussisch, Weißrussisch, biélorusse, bielorruso, bielorusso
bg: Bulgarisch, bulgare, búlgaro, bulgaro
bn: Bengalisch, bengalí, bengalese
bs: Bosnisch, bosniaque, bosnio, bósnio, bosniaco
ca: Katalanisch, catalan, catalán, catalão, catalano
cs: Tschechisch, tchèque, checo, tcheco, ceco
cy: Walisisch, gallois, galés, galês, gallese
da: Dänisch, danois, danés, dinamarquês, danese
de: allemand, alemán, alemão, tedesco, duits, niemiecki, немецкий, tyska
el: Griechisch, grec, griego, grego, greco
es: Spanisch, espagnol, espanhol, spagnolo, spaans, hiszpański, испанский, spanska
et: Estnisch, estonien, estonio, estoniano, estone
eu: Baskisch, vasco, basco, euskera
fa: Persisch, persan, persa, persiano
fi: Finnisch, finnois, finlandés, finés, finlandês, finlandese
fr: Französisch, francés, francês, francese, frans, francuski, французский, franska
ga: Irisch, irlandais, irlandés, irlandês, irlandese
gl: Galicisch, galicien, gallego
he: Hebräisch, hébreu, hebreo, hebraico, ebraico
hi: hindî, híndi
hr: Kroatisch, croate, croata, croato
hu: Ungarisch, hongrois, húngaro, ungherese
hy: Armenisch, arménien, armenio, armênio, armeno
id: Indonesisch, indonésien, indonesio, indonésio, indonesiano
is: Isländisch, islandais, islandés, islandês, islandese
it: Italienisch, italien, italiaans, włoski, итальянский, italienska
ja: Japanisch, japonais, japonés, japonês, giapponese, japans, japoński, японский, japanska
ka: Georgisch, géorgien, georgiano
kk: Kasachisch, kazakh, kazajo
ko: Koreanisch, coréen, coreano, koreaans, koreański, корейский
lt: Litauisch, lituanien, lituano
lv: Lettisch, letton, letón, letão, lettone
mk: Mazedonisch, macédonien, macedonio, macedônio, macedone
mn: Mongolisch, mongol, mongolo
ms: Malaiisch, malais, malayo, malaio, malese
nl: Niederländisch, Holländisch, néerlandais, hollandais, neerlandés, holandés, neerlandês, holandês, olandese
no: Norwegisch, norvégien, noruego, norueguês, norvegese
pl: Polnisch, polonais, polaco, polonês, polacco, pools, польский
pt: Portugiesisch, portugais, portugués, portoghese, portugees, portugalski, португальский
ro: Rumänisch, roumain, rumano, romeno, rumeno
ru: Russisch, russe, ruso, russo, rosyjski
sk: Slowakisch, slovaque, eslovaco, slovacco
sl: Slowenisch, slovène, esloveno, sloveno
sq: Albanisch, albanais, albanés, albanês, albanese
sr: Serbisch, serbe, serbio, sérvio, serbo
sv: Schwedisch, suédois, sueco, svedese
sw: Suaheli, suajili, suaíli
th: Thailändisch, thaï, tailandés, tailandês, tailandese
tr: Türkisch, turc, turco, turks, turecki, турецкий
uk: Ukrainisch, ukrainien, ucraniano, ucraino
ur: ourdou
vi: Vietnamesisch, vietnamien, vietnamita
zh: Chinesisch, chinois, chino, chinês, cinese, chinees, chiński, китайский, kinesiska
"""
"""What languages are called elsewhere, first of all in German, French, Spanish, Portuguese and Italian."""

_REGIONS = frozenset(
    items_of(
        "us, usa, uk, gb, america, american, britain, british, england, kingdom, united, states, australia, "
        "australian, canada, canadian, new, zealand, india, indian, ireland, scotland, scottish, south, african, "
        "european, brazil, brazilian, portugal, latin, mexico, mexican, argentina, spain, france, belgium, "
        "belgian, switzerland, swiss, austria, austrian, germany, china, taiwan, mainland, simplified, "
        "traditional, standard, modern, latam, congo, do, de, del, d, di, la, brasil, europeu, espana, "
        "latinoamerica, latinoamericano, latina, europeo, mexicano, canadien, suisse, belge, osterreich, "
        "osterreichisches, schweiz, schweizer, deutschland, bokmal, nynorsk, mandarin, high, الحديثة, "
        "简体, 繁體, 正體, 中国, 中國, 台灣, language, languages, the"
    )
)
"""Words beside a language's name that name its region or form, compared by `bare`."""
_LOCALE = re.compile(r"([a-z]{2,3})(?:[-_][a-z]{4})?(?:[-_](?:[a-z]{2}|\d{3}))?(?:\.utf-?8)?")
_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")
_JOINT = re.compile(rf"\s(?:{JOINT_WORDS})\s|[/&+]", re.IGNORECASE)


def read_languages(text: str, own_names: Mapping[str, str]) -> tuple[Sequence[str], Sequence[str]]:
    """The codes of the languages in a list, each once, and the items that name none.

    `own_names` are the languages that are known, by code; each is found by its code, its own name and its other names,
    in any spelling and with any region: "de", "Deutsch", "German (Austria)", "de-AT".
    """
    codes: dict[str, None] = {}
    unknown: list[str] = []
    for item in items_of(_JOINT.sub(",", _BRACKETS.sub(" ", text))):
        code = find_language(item, own_names)
        if code is not None:
            codes[code] = None
        elif not (codes and _names_only_region(item)):  # "Portuguese, Brazil"
            unknown.append(item)
    return tuple(codes), tuple(unknown)


def find_language(name: str, own_names: Mapping[str, str]) -> str | None:
    """The code of one language as people write it, or None; also of a locale, such as "pt-BR"."""
    of_catalogues = {bare(each): code for code, own in own_names.items() if code not in NAMES for each in (code, own)}
    codes = {**_codes_by_name(), **of_catalogues}
    locale = _LOCALE.fullmatch(accentless(name))
    without_region = " ".join(word for word in _words_of(name) if word not in _REGIONS)
    spellings = (bare(name), locale[1] if locale else "", without_region)
    found = next((codes[spelling] for spelling in spellings if spelling in codes), None)
    return found if found in own_names else None


def spoken_language(locale: str) -> str:
    """The code of the language that is spoken where software uses `locale`: "zh" for "zh-TW"."""
    return find_language(locale, {code: names[0] for code, names in NAMES.items()}) or locale.partition("-")[0]


@cache
def _codes_by_name() -> Mapping[str, str]:
    lines = (line.split(":") for line in _ABROAD.split("\n") if line)
    abroad = {bare(name): code for code, names in lines for name in items_of(names)}
    return MappingProxyType(abroad | {bare(name): code for code, names in NAMES.items() for name in (*names, code)})


def _names_only_region(item: str) -> bool:
    return all(word in _REGIONS for word in _words_of(item))


def _words_of(item: str) -> Sequence[str]:
    return bare(_BRACKETS.sub(" ", item)).split()
