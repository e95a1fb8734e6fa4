// @ts-check
/** How a program asks this server for what the page shows, as text to copy. Pure. */

/** @typedef {import("../../types/protocol").JsonValue} JsonValue */

/**
 * For a shell.
 *
 * @param {string} address with the server's
 * @param {object} body
 */
export function curl(address, body) {
  // A quote inside single quotes ends them, is escaped, and begins them again.
  return `curl -s ${address} --json '${JSON.stringify(body).replaceAll("'", `'\\''`)}'\n`;
}

/**
 * For Python's standard library: makes the run, trains it to its end and prints the last loss.
 *
 * @param {string} origin the server's address, without a slash at the end
 * @param {{ max_steps: number }} config
 * @param {object} settings what of it is sent
 */
export function python(origin, { max_steps }, settings) {
  return `import json
from urllib.request import Request, urlopen

server = ${literal(origin)}
config = ${literal(/** @type {JsonValue} */ (settings))}


def post(path, body, **headers):
    request = Request(server + path, json.dumps(body).encode(), {"Content-Type": "application/json", **headers})
    with urlopen(request) as answer:
        return json.load(answer)


run = post("/api/runs", config)
owner = {"Authorization": "Bearer " + run["owner_token"]}
snapshot = post(f"/api/runs/{run['id']}/steps", {"count": ${max_steps}}, **owner)
print("step", snapshot["step"], "loss", snapshot["loss"])
`;
}

/**
 * A value as Python writes it.
 *
 * @param {JsonValue} value
 * @returns {string}
 */
export function literal(value) {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value === "object") {
    const items = Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}: ${literal(inner)}`);
    return `{${items.join(", ")}}`;
  }
  return JSON.stringify(value);
}
