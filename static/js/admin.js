// @ts-check
/** The admin's page: signs in, shows how the server stands, and erases what is kept of a browser. */

import "./chrome.js";
import { boxes } from "./admin/boxes.js";
import { byId, html, replaceChildren } from "./page/dom.js";
import { Refusal, request, send } from "./page/http.js";
import { t, tn } from "./page/i18n.js";
import { NONE } from "./page/numbers.js";

/** @typedef {import("./admin/boxes.js").Box} Box */

const [signIn, opened, place] = [byId("sign-in"), byId("opened"), byId("boxes")];
const [token, client] = [byId("token", HTMLInputElement), byId("client", HTMLInputElement)];
const room = byId("room", HTMLInputElement);
const SESSION = "/api/admin/session";

/** @param {Box} box */
function drawn({ title, facts, lines = [] }) {
  if (facts.length + lines.length === 0) {
    return html("section", "panel admin-box", html("h2", "", title), html("p", "", NONE));
  }
  const list = html(
    "dl",
    "facts",
    ...facts.map(([name, value]) => html("div", "", html("dt", "", name), html("dd", "", value))),
  );
  const wide = lines.length > 0 ? " admin-wide" : "";
  return html(
    "section",
    `panel admin-box${wide}`,
    html("h2", "", title),
    list,
    ...lines.map((line) => html("pre", "", line)),
  );
}

/** @param {string} text @param {"done" | "bad"} tone */
function say(text, tone) {
  byId("status").dataset.tone = tone;
  byId("status-text").textContent = text;
}

/** @param {boolean} isIn */
function show(isIn) {
  signIn.hidden = isIn;
  opened.hidden = !isIn;
  if (!isIn) token.focus();
}

/** @param {string} field @param {string} text */
function refuse(field, text) {
  const reason = byId(`${field}-reason`);
  reason.textContent = text;
  reason.hidden = text === "";
}

async function refresh() {
  try {
    const status = await request("/api/admin/status");
    replaceChildren(place, ...boxes(status).map(drawn));
    show(true);
    say(t("As of {time}.", { time: new Date().toLocaleTimeString() }), "done");
  } catch (error) {
    if (error instanceof Refusal && error.problem.status === 401) show(false);
    else say(error instanceof Refusal ? error.problem.detail : t("The server does not answer."), "bad");
  }
}

/**
 * Does something that the server may refuse, and says so beside a field.
 *
 * @param {string} field
 * @param {() => Promise<void>} work
 */
async function attempt(field, work) {
  refuse(field, "");
  try {
    await work();
  } catch (error) {
    refuse(field, error instanceof Refusal ? error.problem.detail : t("The server does not answer."));
  }
}

signIn.addEventListener("submit", (event) => {
  event.preventDefault();
  attempt("token", async () => {
    await send(SESSION, { method: "POST", body: { token: token.value } });
    token.value = "";
    await refresh();
  });
});

byId("erase").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt("client", async () => {
    const { runs } = await request(`/api/admin/clients/${client.value}`, { method: "DELETE" });
    client.value = "";
    await refresh();
    say(tn("{count} run is deleted.", "{count} runs are deleted.", runs), "done");
  });
});

byId("erase-room").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt("room", async () => {
    await request(`/api/admin/rooms/${room.value.toUpperCase()}`, { method: "DELETE" });
    room.value = "";
    await refresh();
    say(t("The room is deleted."), "done");
  });
});

byId("sign-out").addEventListener("click", () =>
  attempt("client", async () => {
    await send(SESSION, { method: "DELETE" });
    replaceChildren(place);
    show(false);
  }),
);
byId("refresh").addEventListener("click", refresh);
refresh();
