import { h } from "./dom.js";
import {
  actuatorState,
  ageOf,
  commandState,
  countText,
  isStale,
  modeText,
  numberText,
  observedText,
  siteStopText,
  waitingText,
} from "./words.js";

export function siteSections({ sites, devices, hasMoreDevices }, nowMs, actions) {
  if (devices.length === 0) return [emptyPage()];
  const sections = sites.map((site) => {
    const here = devices.filter((device) => device.site === site.slug);
    return here.length === 0 ? undefined : siteSection(site, here, nowMs, actions);
  });
  const more = hasMoreDevices ? `The first ${devices.length} devices; all of them are in the API.` : undefined;
  return [...sections, more && h("p", { class: "quiet" }, more)].filter(Boolean);
}

function siteSection(site, devices, nowMs, actions) {
  const silent = devices.filter((device) => isStale(device.lastMessageAt, nowMs)).length;
  const summary = [countText(devices.length, "device"), silent > 0 && `${silent} silent`, site.timeZone].filter(
    Boolean,
  );
  return h(
    "section",
    {},
    h("h2", {}, site.name, h("small", {}, summary.join(" · ")), ...siteButtons(site, devices, actions)),
    site.stop ? h("p", { class: "state abnormal" }, marked({ text: siteStopText(site.stop), isAbnormal: true })) : "",
    h("div", { class: "cards" }, ...devices.map((device) => deviceCard(device, nowMs, actions))),
  );
}

function siteButtons({ slug, name, stop }, devices, { stopSite, releaseSite }) {
  const button = (text, act) => h("button", { type: "button", onclick: () => act(slug, name) }, text);
  if (stop) return [button("Release the site", releaseSite)];
  return devices.some(({ actuators }) => actuators.length > 0) ? [button("STOP the site", stopSite)] : [];
}

function deviceCard(device, nowMs, actions) {
  const { name, uid, lastMessageAt, values, actuators, isActive } = device;
  return h(
    "article",
    { class: isStale(lastMessageAt, nowMs) ? "card stale" : "card" },
    h("div", { class: "head" }, h("h3", {}, name), ageMark(lastMessageAt, nowMs)),
    name === uid ? "" : h("p", { class: "detail" }, uid),
    isActive ? "" : h("p", { class: "detail" }, "Deactivated: it may not send."),
    ...values.map((value) => valueRow(value, nowMs)),
    ...actuators.map((actuator) => actuatorRow(actuator, `${name}’s ${actuator.key}`, nowMs, actions)),
  );
}

function ageMark(at, nowMs) {
  if (!at) return h("span", { class: "age" }, "nothing received yet");
  return isStale(at, nowMs)
    ? h("span", { class: "age abnormal" }, `▲ ${ageOf(at, nowMs)}`)
    : h("span", { class: "age" }, ageOf(at, nowMs));
}

function valueRow({ metric, value, at, unit, minimum, maximum, precision, invalid }, nowMs) {
  const isOutside = (minimum !== null && value < minimum) || (maximum !== null && value > maximum);
  // The range has a sentence of its own.
  const faults = invalid.filter((fault) => fault !== "range");
  const hasRange = minimum !== null && maximum !== null && maximum > minimum;
  return h(
    "div",
    { class: isStale(at, nowMs) ? "value stale" : "value" },
    h(
      "div",
      { class: "row" },
      h("span", {}, metric),
      h("span", { class: "number" }, numberText(value, precision), h("span", {}, unit ?? "")),
    ),
    isOutside
      ? h("p", { class: "detail abnormal" }, `▲ outside its range of ${minimum ?? ""} to ${maximum ?? ""}`)
      : "",
    faults.length > 0 ? h("p", { class: "detail abnormal" }, `▲ ${faults.join(", ")}: no rule acts on it`) : "",
    hasRange && !isOutside
      ? rangeBar((value - minimum) / (maximum - minimum), `${minimum} to ${maximum} ${unit ?? ""}`)
      : "",
  );
}

function rangeBar(share, label) {
  return h(
    "svg",
    { class: "range", role: "img", "aria-label": `range ${label}` },
    h("rect", { x: 0, y: 2, width: "100%", height: 2, rx: 1 }),
    h("circle", { cx: `${(share * 96 + 2).toFixed(1)}%`, cy: 3, r: 3 }),
  );
}

/** What was commanded and what the device says are two things, so they are two lines. */
function actuatorRow(actuator, fullName, nowMs, actions) {
  const { key, status, observed, envelope, totalActivations, lastActivationAt, waiting } = actuator;
  const state = actuatorState(actuator, nowMs);
  const mode = modeText(actuator);
  const runs =
    totalActivations === 0
      ? "never ran"
      : `${countText(totalActivations, "run")}${lastActivationAt ? `, last ${ageOf(lastActivationAt, nowMs)}` : ""}`;
  const limits = `at most ${envelope.maxRunMs / 1000} s, then ${envelope.cooldownMs / 60_000} min rest`;
  return h(
    "div",
    { class: status === "RUNNING" ? "actuator running" : "actuator" },
    h("div", { class: "row" }, h("strong", {}, key), actuatorButton(actuator, fullName, actions)),
    h("p", { class: state.isAbnormal ? "state abnormal" : "state" }, marked(state)),
    mode ? h("p", { class: mode.isAbnormal ? "detail abnormal" : "detail" }, marked(mode)) : "",
    waiting ? h("p", { class: "detail" }, waitingText(waiting, nowMs)) : "",
    h("p", { class: "detail" }, observedText(observed, nowMs)),
    h("p", { class: "detail" }, `${runs} · ${limits}`),
  );
}

/** What a site's stop holds, the site's button releases. */
function actuatorButton({ id, status, trip, siteStop }, fullName, { stop, release, reset }) {
  const button = (text, act) => h("button", { type: "button", onclick: () => act(id, fullName) }, text);
  if (trip) return button("Reset", reset);
  return status === "HELD" && !siteStop ? button("Release", release) : button("STOP", stop);
}

export function commandSection(commands, nowMs) {
  if (commands.length === 0) return [];
  const titles = ["When", "Actuator", "Command", "What became of it"].map((title) => h("th", {}, title));
  const rows = commands.map((command) => {
    const state = commandState(command);
    return h(
      "tr",
      {},
      h("td", {}, ageOf(command.decidedAt, nowMs)),
      h("td", {}, `${command.device} · ${command.actuatorKey}`),
      h("td", {}, commandText(command)),
      h("td", { class: state.isAbnormal ? "abnormal" : "" }, marked(state)),
    );
  });
  const table = h("table", {}, h("thead", {}, h("tr", {}, ...titles)), h("tbody", {}, ...rows));
  return [h("section", {}, h("h2", {}, "Last commands"), h("div", { class: "scroll" }, table))];
}

function commandText({ kind, durationMs, amount, value, unit }) {
  if (amount !== null) return `${kind} ${numberText(amount, null)} ${unit}`;
  if (value !== null) return [kind, numberText(value, null), unit].filter(Boolean).join(" ");
  return durationMs ? `${kind} ${durationMs / 1000} s` : kind;
}

export function notice({ text, isAbnormal }) {
  return h("p", { class: isAbnormal ? "notice abnormal" : "notice", role: "status" }, marked({ text, isAbnormal }));
}

function marked({ text, isAbnormal }) {
  return isAbnormal ? `▲ ${text}` : text;
}

function emptyPage() {
  const example = [
    `TOKEN=$(curl -s ${location.origin}/api/auth/login -H 'Content-Type: application/json' \\`,
    `  -d '{"username":"YOUR E-MAIL","password":"YOUR PASSWORD"}' | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`,
    `curl ${location.origin}/api/v1/devices -H "Authorization: Bearer $TOKEN" \\`,
    `  -H 'Content-Type: application/json' -d '{"uid":"zone-1","profile":"irrigation-zone"}'`,
  ].join("\n");
  return h(
    "section",
    {},
    h("h2", {}, "No devices yet"),
    h("p", {}, "Devices with their latest values would be here. Register the first one:"),
    h("pre", {}, example),
  );
}

export function signInForm(told, onsubmit, offersSignOn) {
  return h(
    "form",
    { class: "card sign-in", onsubmit },
    h("h2", {}, "Sign in"),
    // Always there: an element that came and went would move what was typed into another field.
    h("div", {}, told ? notice(told) : ""),
    h("label", {}, "E-mail or user name", h("input", { name: "username", autocomplete: "username", required: true })),
    h(
      "label",
      {},
      "Password",
      h("input", { name: "password", type: "password", autocomplete: "current-password", required: true }),
    ),
    h(
      "label",
      {},
      "Code, if you have a second factor",
      h("input", { name: "code", autocomplete: "one-time-code", maxlength: 40 }),
    ),
    h("button", { class: "main", type: "submit" }, "Sign in"),
    offersSignOn ? h("p", {}, h("a", { href: "/api/auth/oidc/login" }, "Single sign-on")) : "",
    h("p", { class: "detail" }, "The first account is shown where the server was started."),
  );
}

export function healthParts({ organization, status, readingsPerSecond }, trouble) {
  const state = trouble ? "no connection" : status === "healthy" ? "running" : status;
  const rate =
    trouble || readingsPerSecond === null ? "" : ` · ${numberText(readingsPerSecond, null)} readings/s stored`;
  const isAbnormal = state !== "running";
  return [
    `${organization} · `,
    h("span", { class: isAbnormal ? "abnormal" : "" }, marked({ text: state, isAbnormal })),
    rate,
  ];
}
