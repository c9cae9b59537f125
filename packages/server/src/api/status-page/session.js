/** Whoever closes the tab is signed out of this page; the session itself ends by "Sign out" or in time. */
const STORED_AS = "sluice.session";

let tokens = JSON.parse(sessionStorage.getItem(STORED_AS) ?? "null");
let refreshing;

export class Refused extends Error {
  constructor(status, problem) {
    super(problem?.detail ?? `The server answered ${status}.`);
    this.status = status;
    this.retryAt = problem?.retryAt;
    this.challenge = problem?.challenge;
  }
}

export function isSignedIn() {
  return tokens !== null;
}

/** `code` is of a second factor, or empty. */
export async function signIn(username, password, code) {
  keep(await post("/api/auth/login", { username, password }).catch((error) => goOn(error, code)));
}

function goOn(error, code) {
  const { challenge } = error;
  if (challenge === undefined) throw error;
  if (code === "")
    throw new Refused(401, { detail: "This account has a second factor: type the code of your app, too." });
  return post("/api/auth/login/second-factor", { challenge, code });
}

export async function hasSingleSignOn() {
  return (await read(await fetch("/api/auth/oidc"))).enabled;
}

/** The way back from a single sign-on: the address holds a code that this browser alone can exchange, once. */
export async function finishSignOn() {
  const code = new URLSearchParams(location.search).get("code");
  if (code === null) return;
  history.replaceState(null, "", location.pathname);
  keep(await post("/api/auth/oidc/token", { code }));
}

export async function signOut() {
  const refreshToken = tokens?.refresh_token;
  keep(null);
  if (refreshToken) await post("/api/auth/logout", { refresh_token: refreshToken }).catch(() => {});
}

/** Asks the API as who is signed in; a token that expired is exchanged once. Throws `Refused`. */
export async function ask(path, options = {}) {
  const used = tokens;
  const response = await fetch(path, withToken(options, used));
  if (response.status !== 401) return read(response);
  await refreshOnce(used);
  return read(await fetch(path, withToken(options, tokens)));
}

function withToken(options, { access_token }) {
  return { ...options, headers: { ...options.headers, authorization: `Bearer ${access_token}` } };
}

/** A refresh token is good once, so of many requests that found out at the same time one exchanges it. */
function refreshOnce(used) {
  if (tokens !== used && tokens !== null) return Promise.resolve();
  refreshing ??= post("/api/auth/refresh", { refresh_token: used.refresh_token })
    .then(keep, (error) => {
      if (error.status === 401) keep(null);
      throw error;
    })
    .finally(() => {
      refreshing = undefined;
    });
  return refreshing;
}

async function post(path, body) {
  const headers = { "content-type": "application/json" };
  return read(await fetch(path, { method: "POST", headers, body: JSON.stringify(body) }));
}

async function read(response) {
  const body = response.status === 204 ? undefined : await response.json().catch(() => undefined);
  if (!response.ok) throw new Refused(response.status, body);
  return body;
}

function keep(pair) {
  tokens = pair;
  if (pair) sessionStorage.setItem(STORED_AS, JSON.stringify(pair));
  else sessionStorage.removeItem(STORED_AS);
}
