"""From what a clerk types to what the SQL parser reads: full-width signs, quotes, 且/或/非, names with brackets.

Every name leaves here as a quoted identifier and every other word must be a keyword of the language, so that no word of
SQL means anything by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from yici.core.errors import Problem
from yici.core.expressions.functions import CLOCKS, FUNCTIONS, PARAMETERS
from yici.core.expressions.units import known_unit

KEYWORDS = frozenset({
    "and", "or", "not", "in", "between", "like", "is", "null", "true", "false", "where",
    "case", "when", "then", "else", "end",
})  # fmt: skip
FUNCTION = "fn:"
"""What a word before a bracket gets in front, so that it is no function of SQL; nobody can type a colon."""
CHINESE_OPERATORS = {"并且": "and", "且": "and", "或者": "or", "或": "or", "非": "not"}
LONGEST_TEXT = 20_000
MOST_WORDS = 1_200
DEEPEST = 25
# Longer than any registered name, and short enough to be cut and compared in no time.
_LONGEST_WORD = 100

_SINGLE, _DOUBLE = "'‘’", '"“”'
_SIGNS = {"≥": ">=", "≤": "<=", "≠": "<>", "＜": "<", "＞": ">", "＝": "=", "×": "*", "÷": "/", "、": ","}
_OPERATORS = frozenset("+-*/(),.<>=!")
# What is emitted for `where`: the loosest operator the parser knows, and one that nobody can type.
_WHERE = " := "
_PER = re.compile(r"/[月年日天人户亩](?!\w)")
_APART = re.compile(r"\s+([^\W\d]+(?:/\w)?)")
_NUMBER = re.compile(r"\d+(\.\d+)?([eE][+-]?\d+)?(?![0-9])", re.ASCII)


def fold(text: str) -> str:
    """Full-width letters, digits and signs as ASCII ones, character by character; 、 and quotes stay."""
    return "".join(
        chr(ord(c) - 0xFEE0) if "\uff01" <= c <= "\uff5e" else " " if c in "\u3000\xa0\t\r\n" else c for c in text
    )


@dataclass(slots=True)
class Scanned:
    """The rewritten text; `origins[i]` is the place in the typed text where character i comes from."""

    typed: str
    pieces: list[str] = field(default_factory=list)
    origins: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    def emit(self, text: str, at: int) -> None:
        self.pieces.append(text)
        self.origins.extend([at] * len(text))

    def place(self, position: int) -> int:
        """The place in the typed text, counted from 0, of a place in the rewritten one."""
        return self.origins[position] if position < len(self.origins) else len(self.typed)


def scan(typed: str, *, is_known: Callable[[str], bool], bracketed: Mapping[str, Sequence[str]]) -> Scanned:
    """Rewrites a condition.

    `is_known` tells whether a word is a name, so that 且是否低保户 can be cut; `bracketed` are the names that hold
    other signs than letters (村(社区)), folded, longest first, by their first letter.
    """
    out = Scanned(typed)
    if len(typed) > LONGEST_TEXT:
        out.problems.append(
            Problem("expression.too-long", f"条件太长（超过 {LONGEST_TEXT} 个字）。", "请分成几次查询。")
        )
        return out
    scanner = _Scanner(out, fold(typed), is_known, bracketed)
    while scanner.position < len(typed) and scanner.words <= MOST_WORDS:
        scanner.step()
    if scanner.words > MOST_WORDS:
        out.problems.append(Problem("expression.too-long", f"条件太长（超过 {MOST_WORDS} 个词）。", "请分成几次查询。"))
    if scanner.depth > 0:
        out.problems.append(Problem("expression.brackets", "括号没有成对。", "检查每个左括号后面都有右括号。"))
    return out


@dataclass(slots=True)
class _Scanner:
    out: Scanned
    text: str
    is_known: Callable[[str], bool]
    bracketed: Mapping[str, Sequence[str]]
    position: int = 0
    depth: int = 0
    words: int = 0

    def step(self) -> None:
        char = self.text[self.position]
        self.words += not char.isspace()
        if char.isspace():
            self._take(1, " ")
        elif char in _SINGLE or char in _DOUBLE:
            self._string(_SINGLE if char in _SINGLE else _DOUBLE)
        elif name := self._bracketed_name(char):
            self._take(len(name), f'"{name}"')
        elif char in _SIGNS or char in _OPERATORS:
            self._sign(char)
        elif _is_word(char):
            self._word()
        else:
            self._problem("expression.character", f"不认识的符号“{char}”。", "条件只用文字、数字、比较号和括号。")
            self._take(1, " ")

    def _bracketed_name(self, char: str) -> str | None:
        return next((n for n in self.bracketed.get(char, ()) if self.text.startswith(n, self.position)), None)

    def _take(self, length: int, emitted: str) -> None:
        self.out.emit(emitted, self.position)
        self.position += length

    def _string(self, family: str) -> None:
        """A text in quotes; a doubled ASCII quote stands for one."""
        start, end = self.position, self.position + 1
        opening = self.text[start]
        content: list[str] = []
        while end < len(self.text):
            char = self.out.typed[end]
            if "\ud800" <= char <= "\udfff":
                self._problem("expression.character", "引号里有不能用的字符。", "请重新输入引号里的文字。")
            if self.text[end] in family:
                if self.text[end] == opening == self.text[end + 1 : end + 2] and opening in "'\"":
                    end += 1
                else:
                    break
            content.append(char)
            end += 1
        if end >= len(self.text):
            self._problem("expression.quote", "引号没有成对。", "文字两边都要有引号，如 '是'。")
        escaped = "".join(content).replace("'", "''")
        self._take(end + 1 - start, f"'{escaped}'")

    def _sign(self, char: str) -> None:
        self.depth += {"(": 1, ")": -1}.get(char, 0)
        if self.depth > DEEPEST:
            self._problem("expression.too-deep", "括号套得太深。", "请把条件写得简单一些。")
            self.depth = -len(self.text)  # said once
        # A blank after - and / keeps two of them from starting an SQL comment.
        self._take(1, _SIGNS.get(char, char) + (" " if char in "-/÷" else ""))

    def _word(self) -> None:
        """A number, a keyword or a name; words that were typed without blanks between them are cut."""
        end = self.position
        if number := _NUMBER.match(self.text, self.position):
            end = number.end()
        else:
            while end < len(self.text) and _is_word(self.text[end]):
                end += 1
        if number and end < len(self.text) and _is_word(self.text[end]):
            while end < len(self.text) and (_is_word(self.text[end]) or self._slash_of_unit(end)):
                end += 1
        if number and self.text[end : end + 1] in ("%", "‰"):
            end += 1
        if number and end == number.end() and (apart := self._unit_apart(end)):
            self._take(apart.end() - self.position, f'"{number[0]}{apart[1]}"')
            return
        word = self.text[self.position : end]
        if len(word) > _LONGEST_WORD:
            self._problem("expression.too-long", f"“{word[:8]}…”这个词太长。", "名称和数字都没有这么长。")
            self._take(len(word), " ")
            return
        *before, last = cut(word, self._stands) or [word]
        for piece in before:
            self._take(len(piece), _rewritten(piece))
        called = self.text[self.position + len(last) :].lstrip()[:1] == "(" and _may_be_called(last)
        self._take(len(last), f'"{FUNCTION}{last}"' if called else _rewritten(last))

    def _stands(self, word: str) -> bool:
        return word in FUNCTIONS or word in CLOCKS or word == PARAMETERS or self.is_known(word)

    def _unit_apart(self, end: int) -> re.Match[str] | None:
        """A unit with blanks between it and its number: 5 亩."""
        word = _APART.match(self.text, end)
        return word if word and known_unit(word[1]) else None

    def _slash_of_unit(self, at: int) -> bool:
        """Whether the sign there is the / of 5元/月."""
        return bool(_PER.match(self.text, at))

    def _problem(self, code: str, message: str, hint: str) -> None:
        self.out.problems.append(Problem(code, f"第 {self.position + 1} 个字处：{message}", hint))


def cut(word: str, is_known: Callable[[str], bool]) -> list[str] | None:
    """A word with 且, 或 or 非 inside, cut so that every piece is a name, number or keyword; None if that cannot be."""
    # From the back: what stands from each place on. So the work grows with the square of the length, not beyond.
    rests: dict[int, list[str] | None] = {len(word): []}
    for start in range(len(word) - 1, -1, -1):
        if start == 0 or any(word.endswith(operator, 0, start) for operator in CHINESE_OPERATORS):
            rests[start] = _cut_from(word, start, rests, is_known)
    return rests[0]


def _cut_from(
    word: str, start: int, rests: Mapping[int, list[str] | None], is_known: Callable[[str], bool]
) -> list[str] | None:
    if _stands(word[start:], is_known):
        return [word[start:]]
    for operator in CHINESE_OPERATORS:
        place = word.find(operator, start)
        while place >= 0:
            left, rest = word[start:place], rests[place + len(operator)]
            if rest is not None and (not left or _stands(left, is_known)):
                return [*([left] if left else []), operator, *rest]
            place = word.find(operator, place + 1)
    return None


def quantity(word: str) -> tuple[str, str] | None:
    """The number and the rest of a word that starts with a number: "5万元" → ("5", "万元")."""
    number = _NUMBER.match(word)
    return (number[0], word[number.end() :]) if number else None


def _stands(word: str, is_known: Callable[[str], bool]) -> bool:
    if word.lower() in KEYWORDS or word in CHINESE_OPERATORS or is_known(word):
        return True
    if (parts := quantity(word)) is None:
        return False
    return not parts[1] or known_unit(parts[1]) is not None


def _rewritten(word: str) -> str:
    if word in CHINESE_OPERATORS:
        return f" {CHINESE_OPERATORS[word]} "
    if word.lower() in KEYWORDS:
        return _WHERE if word.lower() == "where" else f" {word.lower()} "
    return word if _NUMBER.fullmatch(word) else f'"{word}"'


def _is_word(char: str) -> bool:
    return char.isalnum() or char in "_·㎡"


def _may_be_called(word: str) -> bool:
    """Whether a bracket after the word makes it a function: not so after and, in, 且 or a number."""
    return word.lower() not in KEYWORDS and word not in CHINESE_OPERATORS and not word[0].isdigit()
