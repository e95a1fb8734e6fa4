// @ts-check
/** The page's request to run a program, as a Python program to copy. */

/**
 * @param {string} origin the server's address, without a slash at the end
 * @param {string} program
 */
export function asPython(origin, program) {
  return [
    "import json",
    "from urllib.request import Request, urlopen",
    "",
    `program = ${pythonText(program)}`,
    `request = Request("${origin}/api/gradients", json.dumps({"program": program}).encode(),`,
    '                  {"Content-Type": "application/json"})',
    "with urlopen(request) as answer:",
    "    derivation = json.load(answer)",
    'print(derivation["printed"], end="")',
    'for variable in derivation["variables"]:',
    '    print(variable["name"], variable["grad"])',
    "",
  ].join("\n");
}

/** @param {string} text as a Python literal that reads like the program */
function pythonText(text) {
  const escaped = text.replaceAll("\\", "\\\\").replace(/"""|"$/g, (quotes) => quotes.replaceAll('"', '\\"'));
  return `"""\\\n${escaped}"""`;
}
