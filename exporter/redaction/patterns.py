"""What looks like a secret, whoever's it is: by the name before it, or by its own shape.

No expression takes longer than in proportion to a text: repetitions that may fail are bounded.
"""

import re

MASK = "<secret>"

_NAMES = (
    r"(?:aws[_-]?)?(?:secret[_-]?access[_-]?key|secret[_-]?key|session[_-]?token|security[_-]?token|"
    r"access[_-]?token|refresh[_-]?token|id[_-]?token|bearer[_-]?token|client[_-]?secret|"
    r"web[_-]?identity[_-]?token|external[_-]?id|token[_-]?code|private[_-]?key|password|passwd|pwd)"
)
_QUOTED = r"\"[^\"]*\"?|'[^']*'?"
_BARE = r"[^\s,;&<>\"']+"

_NAMED = ("key", "token", "secret", "external", "pass", "pwd")

# Each with words of which one has to be there: most texts have none, and looking for a word is cheap.
_LOOKALIKES: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("private key",), r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)", MASK),
    # Python quotes the whole of a header that it does not send; whatever is in it, it is ours.
    (("invalid header",), r"(invalid header (?:value|name):? ?)b?(['\"]).*", rf"\1{MASK}"),
    (("could not be cast",), r"(could not be cast to integer value as )(?:'[^']*'|\S+)", rf"\1{MASK}"),
    # An address that cannot be read, in pieces: where its password was not escaped, a piece of that.
    (("failed to parse",), r"(failed to parse: )(?:'[^']*'|\"[^\"]*\"|\S+)", rf"\1{MASK}"),
    # Up to the last @: a password may hold others, and slashes, where nobody has escaped them.
    (("://",), r"(://)[^\s\"'<>]{0,2000}@", rf"\1{MASK}@"),
    (("authorization",), r"(authorization['\"]?\s*[:=]\s*)[^\r\n]+", rf"\1{MASK}"),
    (
        ("x-a",),
        r"(\bx-amz-(?:security-token|sso_bearer_token)['\"]?\s*[:=]\s*)['\"]?[^\s,&'\"<>]+",
        rf"\1{MASK}",
    ),
    (("x-a",), r"(\bx-aws-ec2-metadata-token['\"]?\s*[:=]\s*)['\"]?[^\s,&'\"<>]+", rf"\1{MASK}"),
    (("credential=", "signature="), r"\b((?:x-amz-)?(?:credential|signature)=)[^\s,&'\"<>]+", rf"\1{MASK}"),
    (
        ("bearer", "basic"),
        r"\b(bearer|basic)\s+(?=[a-z+/._~-]{0,2000}[0-9=])[a-z0-9+/=._~-]{8,}",
        rf"\1 {MASK}",
    ),
    (("eyj",), r"\beyJ[\w-]{8,2000}\.[\w-]+(?:\.[\w-]*)?", MASK),
    (("akia", "asia"), r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b", MASK),
    (_NAMED, rf"(<{_NAMES}>)[^<]*", rf"\1{MASK}"),
    (_NAMED, rf"(\b{_NAMES}['\"]?\s*=>?\s*)(?:{_QUOTED}|{_BARE})", rf"\1{MASK}"),
    (_NAMED, rf"(\b{_NAMES}['\"]\s*:\s*)(?:{_QUOTED}|{_BARE})", rf"\1{MASK}"),
    (_NAMED, rf"(\b{_NAMES}:\s*)(?:\"[^\"]*\"|'[^']*')", rf"\1{MASK}"),
    # After a colon alone, or none, prose may follow, as "password: wrong": a secret has a digit in it.
    (_NAMED, rf"(\b{_NAMES}\s*:\s*|\bpassword\s+(?:is\s+)?)(?=[^\s\d(]{{0,200}}\d){_BARE}", rf"\1{MASK}"),
)
_COMPILED = tuple(
    (words, re.compile(pattern, re.IGNORECASE | re.DOTALL), replacement)
    for words, pattern, replacement in _LOOKALIKES
)


def without_lookalikes(text: str) -> str:
    """``text`` with :data:`MASK` where something looks like a secret."""
    lowered = text.lower()
    for words, pattern, replacement in _COMPILED:
        if any(word in lowered for word in words):
            text = pattern.sub(replacement, text)
    return text
