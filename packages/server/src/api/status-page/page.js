import { h, show } from "./dom.js";
import { ask, finishSignOn, hasSingleSignOn, isSignedIn, signIn, signOut } from "./session.js";
import { commandSection, healthParts, notice, signInForm, siteSections } from "./views.js";
import { timeText, troubleText } from "./words.js";

const REFRESH_MS = 3000;
const REFRESH_HIDDEN_MS = 30_000;
const SHOWN_COMMANDS = 10;

const [main, health, account] = ["main", "health", "account"].map((id) => document.getElementById(id));

/** What the server said last, when, and how far its clock is ahead of ours. */
let seen;
/** Why the last refresh failed. */
let trouble;
/** What became of the last click, until the next one: words, and whether they are abnormal. */
let told;
/** Whether one may sign in elsewhere. */
let offersSignOn = false;

async function refresh() {
  if (isSignedIn()) {
    try {
      const [overview, commands] = await Promise.all([
        ask("/api/v1/overview"),
        ask(`/api/v1/commands?limit=${SHOWN_COMMANDS}`),
      ]);
      seen = { overview, commands, at: new Date(), aheadMs: Date.parse(overview.at) - Date.now() };
      trouble = undefined;
    } catch (error) {
      trouble = troubleText(error);
    }
  }
  draw();
}

function draw() {
  if (!isSignedIn()) {
    seen = undefined;
    show(health);
    show(account);
    show(main, signInForm(told, enter, offersSignOn));
    return;
  }
  show(account, h("button", { type: "button", onclick: leave }, "Sign out"));
  if (!seen) {
    show(main, h("p", { class: "quiet" }, trouble ?? "Loading …"));
    return;
  }
  const nowMs = Date.now() + seen.aheadMs;
  show(health, ...healthParts(seen.overview, trouble));
  show(
    main,
    ...notices(),
    ...siteSections(seen.overview, nowMs, { stop, release, reset, stopSite, releaseSite }),
    ...commandSection(seen.commands, nowMs),
  );
}

function notices() {
  const old = trouble && { text: `${trouble} What you see is from ${timeText(seen.at)}.`, isAbnormal: true };
  return [old, told].filter(Boolean).map(notice);
}

async function enter(event) {
  event.preventDefault();
  const { username, password, code } = event.target.elements;
  try {
    await signIn(username.value, password.value, code.value);
    told = undefined;
  } catch (error) {
    told = { text: troubleText(error), isAbnormal: true };
  }
  refresh();
}

async function leave() {
  await signOut();
  told = undefined;
  draw();
}

/** Stopping never asks. What is told is what the server knows; the card shows what the device then says. */
function stop(id, name) {
  const done = `The STOP for ${name} is recorded and on its way. It stays held until somebody releases it.`;
  command(id, { kind: "STOP", reason: "by hand, on the status page" }, done);
}

function release(id, name) {
  command(id, { kind: "SET", release: true }, `${name} is released. ${NOTHING_STARTS}`);
}

function reset(id, name) {
  const failed = `${name} may not be reset.`;
  order(`/api/v1/actuators/${id}/trip/reset`, {}, { done: `${name} is reset. ${NOTHING_STARTS}`, failed });
}

function stopSite(slug, name) {
  const done = `The STOP for everything at ${name} is recorded and on its way. All of it stays held until the site is released.`;
  const failed = `The STOP may not have reached all of ${name}.`;
  order(`/api/v1/sites/${slug}/stop`, { reason: "by hand, on the status page" }, { done, failed });
}

function releaseSite(slug, name) {
  const failed = `Not all of ${name} may be released.`;
  order(`/api/v1/sites/${slug}/release`, {}, { done: `${name} is released. ${NOTHING_STARTS}`, failed });
}

const NOTHING_STARTS = "Nothing starts by that: rules are asked again at the next reading.";

function command(id, body, done) {
  const failed = `The ${body.kind} may not have reached the actuator.`;
  order(`/api/v1/actuators/${id}/commands`, body, { done, failed });
}

async function order(path, body, { done, failed }) {
  const headers = { "content-type": "application/json" };
  try {
    await ask(path, { method: "POST", headers, body: JSON.stringify(body) });
    told = { text: done, isAbnormal: false };
  } catch (error) {
    told = { text: `${failed} ${troubleText(error)}`, isAbnormal: true };
  }
  refresh();
}

async function begin() {
  try {
    await finishSignOn();
    offersSignOn = !isSignedIn() && (await hasSingleSignOn());
  } catch (error) {
    told = { text: troubleText(error), isAbnormal: true };
  }
  keepFresh();
}

async function keepFresh() {
  await refresh();
  setTimeout(keepFresh, document.hidden ? REFRESH_HIDDEN_MS : REFRESH_MS);
}

setInterval(() => seen && draw(), 1000);
document.addEventListener("visibilitychange", () => document.hidden || refresh());
begin();
