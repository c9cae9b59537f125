import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  createClient,
  createUser,
  login,
  mayDo,
  PERMISSIONS,
  type Permission,
  type Principal,
  type Role,
  SCOPES,
  type Scope,
} from "../auth/index.ts";
import { addOrganization } from "../devices/testing/test-registry.ts";
import type { Access } from "./access.ts";
import { type Operation, operationsOf } from "./testing/described-answers.ts";
import { bodyOf, sampleOf } from "./testing/sample.ts";
import type { TestApp } from "./testing/test-app.ts";
import { MARK, makeThings, pathTo, type Things } from "./testing/things.ts";
import { createWholeApp } from "./testing/whole-app.ts";

const ROLES: readonly Role[] = ["operator", "scientist", "admin"];
const PASSWORD = "correct horse battery";
const ACCESS_TOKEN_LIFE_MS = 16 * 60_000;

/** What a browser loads, and what speaks of itself. */
const UNDESCRIBED =
  /^\/($|status-page\/|account\/|api\/docs|api\/openapi\.json$|api\/v1\/stream$|graphql$|metrics$|oauth2\/authorize$|api\/auth\/oidc\/)/;
/** These authenticate their own callers, and answer before. */
const ANSWER_FIRST = new Set(["/ping", "/health", "/api/v1/stream"]);

/** Solutions are the program's; each organization installs them for itself. */
const OF_THE_PROGRAM = /\bsolutions(\/|$)/;

let sluice: TestApp;
let operations: Operation[];
let things: Things;
let stranger: string;
/** Caller → token. */
const tokens = new Map<string, string>();

beforeAll(async () => {
  sluice = await createWholeApp({ settings: { metricsAccess: "token" } });
  tokens.set("expired", await signIn(sluice.organizationId, "late@example.org", "admin"));
  sluice.advance(ACCESS_TOKEN_LIFE_MS);
  operations = operationsOf(sluice.app);
  for (const role of ROLES) tokens.set(role, await signIn(sluice.organizationId, `the-${role}@example.org`, role));
  for (const scope of SCOPES) tokens.set(scope, await programWith([scope]));
  things = await makeThings(sluice);
  const { organizationId } = await addOrganization(sluice.database.pool, "other");
  stranger = await signIn(organizationId, "stranger@example.org", "admin");
}, 120_000);
afterAll(() => sluice.close());

async function signIn(organizationId: number, email: string, role: Role): Promise<string> {
  const by = { organizationId, actor: "system" };
  await createUser(sluice.accounts, by, { email, password: PASSWORD, roles: [role] });
  return (await login(sluice.accounts, { username: email, password: PASSWORD, address: "10.0.0.1" })).access_token;
}

async function programWith(scopes: Scope[]): Promise<string> {
  const by = { organizationId: sluice.organizationId, actor: "system" };
  return (await createClient(sluice.accounts, by, { name: `With ${scopes}`, scopes })).token;
}

/** Asks with a body that is none, and for what is not there: the guard speaks first, and nothing is done. */
async function statusFor(token: string | undefined, method: string, url: string): Promise<number> {
  const path = url.replaceAll(/:\w+/g, "404").replaceAll("*", "x");
  const { statusCode } = await sluice.app.inject({
    method: method as "GET",
    url: path,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    ...(method === "GET" || method === "HEAD"
      ? {}
      : { payload: "{", headers: { ...bearer(token), "content-type": "application/json" } }),
  });
  return statusCode;
}

function bearer(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

const routes = () => sluice.app.routeAccess.filter(({ method }) => method !== "OPTIONS");

test("every route names a permission of the table, or says that it is open, and is described", () => {
  const isNamed = (access: Access | undefined) =>
    access !== undefined && (access in PERMISSIONS || ["public", "own", "signed-in"].includes(access));
  const unnamed = routes().filter(({ access }) => !isNamed(access));
  expect(unnamed.map(({ method, url }) => `${method} ${url}`)).toEqual([]);
  const described = new Map(operations.map((operation) => [`${operation.method} ${operation.path}`, operation]));
  const untrue = routes()
    .filter(({ method, url }) => method !== "HEAD" && !UNDESCRIBED.test(url))
    .filter(({ method, url, access }) => {
      const operation = described.get(`${method} ${url.replaceAll(/:(\w+)/g, "{$1}")}`);
      if (operation === undefined) return true;
      if (access === "public") return operation.security?.length !== 0;
      return access !== "own" && operation["x-permission"] !== access;
    });
  expect(untrue.map(({ method, url }) => `${method} ${url}`)).toEqual([]);
});

type Caller = readonly [name: string, principal: Principal | undefined];

const CALLERS: readonly Caller[] = [
  ["nobody", undefined],
  ["expired", undefined],
  ...ROLES.map((role): Caller => [role, { kind: "user", roles: new Set([role]) } as unknown as Principal]),
  ...SCOPES.map((scope): Caller => [scope, { kind: "client", scopes: new Set([scope]) } as unknown as Principal]),
];

function expectedFor(principal: Principal | undefined, access: Access): "in" | 401 | 403 {
  if (access === "public") return "in";
  if (principal === undefined) return 401;
  return access === "signed-in" || mayDo(principal, access as Permission) ? "in" : 403;
}

test.each(CALLERS)(
  "%s is let in where the table says so, and nowhere else",
  async (name, principal) => {
    const surprises: string[] = [];
    for (const { method, url, access } of routes()) {
      if (access === "own" && (principal !== undefined || ANSWER_FIRST.has(url))) continue;
      const status = await statusFor(tokens.get(name), method, url);
      const expected = expectedFor(principal, access as Access);
      const isIn = status !== 401 && status !== 403 && status < 500;
      // What is open to everyone may still refuse what it was sent: a sign-in without a password.
      if (expected === "in" ? !isIn && !(access === "public" && status < 500) : status !== expected) {
        surprises.push(`${method} ${url}: ${status} instead of ${expected}`);
      }
    }
    expect(surprises).toEqual([]);
  },
  60_000,
);

describe("somebody of another organization", () => {
  const ask = (operation: Operation, url: string) => {
    const payload = bodyOf(operation);
    return sluice.app.inject({
      method: operation.method as "GET",
      url,
      headers: bearer(stranger),
      ...(payload === undefined || operation.method === "GET" ? {} : { payload: payload as object }),
    });
  };
  const closed = () => operations.filter((operation) => operation["x-permission"] !== undefined);

  const lists = () =>
    closed().filter(({ method, path }) => method === "GET" && !path.includes("{") && !OF_THE_PROGRAM.test(path));

  test("is told of each of our things that it is not there, and changes nothing", async () => {
    const before = await fingerprints();
    const surprises: string[] = [];
    for (const operation of closed().filter(({ path }) => path.includes("{") && !OF_THE_PROGRAM.test(path))) {
      const url = pathTo(things, operation.path);
      const { statusCode, body } = await ask(operation, url + neededQuery(operation));
      if (statusCode !== 404) surprises.push(`${operation.method} ${operation.path}: ${statusCode} ${body}`);
    }
    expect(surprises).toEqual([]);
    expect(await fingerprints()).toEqual(before);
  }, 60_000);

  test("finds nothing of ours in any list, whatever the query names", async () => {
    const ours = [MARK, ...[...things].filter(([kind]) => !OF_THE_PROGRAM.test(kind)).map(([, thing]) => thing)];
    const leaks: string[] = [];
    for (const operation of lists()) {
      for (const query of ["", neededQuery(operation), namingQuery(operation)]) {
        const { statusCode, body } = await ask(operation, operation.path + query);
        if (statusCode < 400 && ours.some((thing) => thing.length > 3 && body.includes(thing))) {
          leaks.push(`${operation.path}${query}: ${body.slice(0, 300)}`);
        }
        if (statusCode >= 500) leaks.push(`${operation.path}${query}: ${body}`);
      }
    }
    expect(leaks).toEqual([]);
  }, 60_000);

  /** Whatever a list can be asked for, by what ours are called. */
  function namingQuery({ parameters = [] }: Operation): string {
    const ids = new Map([...things].map(([key, thing]) => [key.split(/s?\/\{/)[0]!, thing]));
    const named = parameters
      .filter((parameter) => parameter.in === "query")
      .map(({ name }) => [name, ids.get(name) ?? (/_id$|uid|search|region|location/.test(name) ? MARK : undefined)])
      .filter((pair): pair is [string, string] => pair[1] !== undefined);
    return named.length === 0 ? "" : `?${new URLSearchParams(named)}`;
  }
});

function neededQuery({ parameters = [] }: Operation): string {
  const needed = parameters.filter((parameter) => parameter.in === "query" && parameter.required);
  const pairs = needed.map(({ name, schema }): [string, string] => [name, String(sampleOf(schema))]);
  return pairs.length === 0 ? "" : `?${new URLSearchParams(pairs)}`;
}

/** What is in each table, in short. */
async function fingerprints(): Promise<Record<string, string>> {
  const { pool } = sluice.database;
  const { rows } = await pool.query("select tablename as name from pg_tables where schemaname = 'public'");
  const entries = rows.map(async ({ name }: { name: string }) => {
    const sums = await pool.query(`select md5(string_agg(t::text, '' order by t::text)) as sum from "${name}" t`);
    return [name, sums.rows[0].sum ?? ""] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}
