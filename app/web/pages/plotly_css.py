"""Plotly's own style rules, read out of its bundle.

Plotly adds these rules to the page from JavaScript, which a strict Content-Security-Policy forbids. Served as
a file in `<link id="plotly.js-style-global" class="no-inline-styles">`, Plotly finds them there instead.
"""

import json
import re

# {"X a":"text-decoration:none;",...} up to the loop that inserts each rule (plotly.js, build/plotcss.js).
RULES = re.compile(
    r"=\{(?P<rules>[^{}]*)\};for\([^()]*\)[^;]*?"
    r'\.replace\(/\^,/," ,"\)\.replace\(/X/g,"(?P<plot>[^"]+)"\)\.replace\(/Y/g,"(?P<notifier>[^"]+)"\)'
)
STRING = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
RULE = re.compile(rf"(?P<selector>\w+|{STRING}):(?P<declarations>{STRING})(?:,|$)")


def global_rules(bundle: str) -> str:
    """The style sheet that plotly.js `bundle` would insert, in the order the browser would list it.

    Raises ValueError where the bundle does not hold them in the form known here.
    """
    found = RULES.search(bundle)
    if not found:
        raise ValueError("Plotly's style rules were not found in its bundle")
    rules = []
    position = 0
    text = found["rules"]
    while position < len(text):
        rule = RULE.match(text, position)
        if not rule:
            raise ValueError(f"not a style rule of Plotly's: {text[position : position + 80]!r}")
        selector = re.sub("^,", " ,", unquote(rule["selector"]))
        selector = selector.replace("X", found["plot"]).replace("Y", found["notifier"])
        rules.append(f"{selector} {{ {unquote(rule['declarations'])} }}\n")
        position = rule.end()
    # Each rule is inserted before the earlier ones.
    return "".join(reversed(rules))


def unquote(literal: str) -> str:
    r"""The value of a JavaScript property name, or of a string whose only escapes are JSON's and `\'`.

    >>> unquote("'a \"b\"'"), unquote("X")
    ('a "b"', 'X')
    """
    if literal[0] not in "\"'":
        return literal
    if literal[0] == "'":
        literal = '"' + literal[1:-1].replace("\\'", "'").replace('"', '\\"') + '"'
    value = json.loads(literal)
    assert isinstance(value, str)
    return value
