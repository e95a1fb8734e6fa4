// @ts-check
/** The page on which the pass phrase is typed. It stands at the address that was asked for, which comes back after. */

import "./chrome.js";
import { byId } from "./page/dom.js";
import { requestBytes } from "./page/http.js";
import { reasonOf, showReason } from "./page/refusal.js";

const field = byId("phrase", HTMLInputElement);
const reason = byId("phrase-reason");

byId("entrance").addEventListener("submit", async (event) => {
  event.preventDefault();
  showReason(reason, "", field);
  try {
    await requestBytes("/api/access", { method: "POST", body: { phrase: field.value } });
  } catch (error) {
    showReason(reason, reasonOf(error), field);
    field.select();
    return;
  }
  location.reload();
});
