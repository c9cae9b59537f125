import * as fc from "fast-check";
import type { LightMyRequestResponse } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createClient, createUser, login, SCOPES } from "../../auth/index.ts";
import { addOrganization } from "../../devices/testing/test-registry.ts";
import { type CheckAnswer, createAnswerCheck, type Operation, operationsOf } from "./described-answers.ts";
import { type HostileRequest, type Known, requestsTo } from "./requests.ts";
import type { TestApp } from "./test-app.ts";
import { MARK, makeThings, pathTo } from "./things.ts";
import { createWholeApp } from "./whole-app.ts";

/** Of all parts together. */
const REQUESTS = 10_000;
/** Always the same, so that what fails fails again; with another one it looks elsewhere. */
const SEED = Number(process.env.SLUICE_FUZZ_SEED ?? 20_260_701);
/** Each of these takes a thread, a hash or a socket: a few are enough. */
const SLOW = /^(backtest|testChannel$|login$|register$|changePassword$|forgot|reset|startSignOn|deactivateUser)/;
const FEW = 10;
const PASSWORD = "correct horse battery";
const STACK = /\n\s+at .+:\d+:\d+|node_modules|packages\/server|\.ts:\d+|pg_catalog|SELECT .+ FROM|syntax error at/i;
const FAULTS_TOLD = 20;
/** In the name of what belongs to another organization: it is named in requests, and never in an answer. */
const THEIRS = "only-theirs";

let sluice: TestApp;
let operations: Operation[];
let check: CheckAnswer;
let known: Known;
let program: string;
let person: string;
let people = 0;

beforeAll(async () => {
  sluice = await createWholeApp();
  operations = operationsOf(sluice.app);
  check = createAnswerCheck();
  const things = await makeThings(sluice);
  const { organizationId } = await addOrganization(sluice.database.pool, "other");
  const ids = [...things.values()].map(String);
  const foreignIds = await makeForeignThings(organizationId);
  known = {
    texts: [...ids, MARK, "default", "generic", "level", THEIRS, String(organizationId)],
    numbers: [...ids, ...foreignIds].filter((id) => /^\d+$/.test(id)).map(Number),
    pathTo: (template) => pathTo(things, template),
  };
  const by = { organizationId: sluice.organizationId, actor: "system" };
  program = (await createClient(sluice.accounts, by, { name: "Fuzzer", scopes: [...SCOPES] })).token;
  person = await newPerson();
}, 120_000);
afterAll(() => sluice.close());

async function makeForeignThings(organizationId: number): Promise<string[]> {
  const email = "stranger@example.org";
  const by = { organizationId, actor: "system" };
  await createUser(sluice.accounts, by, { email, password: PASSWORD, roles: ["admin"] });
  const { access_token } = await login(sluice.accounts, { username: email, password: PASSWORD, address: "10.0.0.1" });
  const post = async (url: string, payload: object): Promise<string> => {
    const headers = { authorization: `Bearer ${access_token}` };
    const answer = await sluice.app.inject({ method: "POST", url, headers, payload });
    expect(answer.statusCode, answer.body).toBe(201);
    return String(answer.json().id);
  };
  const name = `Name ${THEIRS}`;
  return [
    await post("/api/v1/sites", { slug: THEIRS, name, timeZone: "Europe/Berlin" }),
    await post("/api/v1/assets", { kind: "zone", name, site: THEIRS }),
    await post("/api/v1/profiles", { key: THEIRS, name }),
    await post("/api/v1/devices", { uid: THEIRS, name, profile: THEIRS, site: THEIRS }),
  ];
}

/** What the other organization has. */
async function foreignRows(): Promise<unknown> {
  const tables = ["site", "asset", "device_profile", "device"];
  const rows = tables.map((table) =>
    sluice.database.pool.query(`select * from ${table} where name = $1 order by id`, [`Name ${THEIRS}`]),
  );
  return (await Promise.all(rows)).map((result) => result.rows);
}

async function newPerson(): Promise<string> {
  const email = `fuzzer-${++people}@example.org`;
  const by = { organizationId: sluice.organizationId, actor: "system" };
  await createUser(sluice.accounts, by, { email, password: PASSWORD, roles: ["admin"] });
  return (await login(sluice.accounts, { username: email, password: PASSWORD, address: "10.0.0.1" })).access_token;
}

/** One part of the operations, each `parts`-th of them: a test file each, so that they run beside each other. */
export function fuzz(part: number, parts: number): void {
  test(
    `requests of every kind meet no fault (part ${part} of ${parts}, seed ${SEED})`,
    () => run(part, parts),
    300_000,
  );
}

async function run(part: number, parts: number): Promise<void> {
  const slow = operations.filter(({ operationId }) => SLOW.test(operationId)).length;
  const each = Math.ceil((REQUESTS - slow * FEW) / (operations.length - slow));
  const requests = operations.flatMap((operation, index) => {
    if (index % parts !== part - 1) return [];
    const numRuns = SLOW.test(operation.operationId) ? FEW : each;
    const some = fc.sample(requestsTo(operation, known), { seed: SEED + index, numRuns });
    return some.map((request) => ({ operation, request }));
  });
  expect(requests.length).toBeGreaterThanOrEqual((REQUESTS / parts) * 0.9);
  const before = await foreignRows();
  const statuses = new Map<number, number>();
  const faults: unknown[] = [];
  const order = fc.sample(fc.shuffledSubarray(requests, { minLength: requests.length }), {
    seed: SEED,
    numRuns: 1,
  })[0]!;
  for (const { operation, request } of order) {
    const answer = await send(operation, request);
    statuses.set(answer.statusCode, (statuses.get(answer.statusCode) ?? 0) + 1);
    const fault = faultIn(operation, answer);
    if (fault !== undefined) faults.push({ operation: operation.operationId, request, fault });
    if (faults.length === FAULTS_TOLD) break;
  }
  expect(faults, `with SLUICE_FUZZ_SEED=${SEED}`).toEqual([]);
  expect(await foreignRows()).toEqual(before);
  // Most are refused; if hardly any is taken, the generator tests nothing but the validator.
  expect(statuses.get(200) ?? 0).toBeGreaterThan(requests.length / 20);
}

async function send(operation: Operation, request: HostileRequest): Promise<LightMyRequestResponse> {
  const isForPeople = operation["x-permission"] !== undefined;
  const ask = (token: string) =>
    sluice.app.inject({ ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } });
  const answer = await ask(isForPeople ? person : program);
  if (answer.statusCode !== 401 || !isForPeople) return answer;
  // Whoever asks at random may well have ended their own session.
  person = await newPerson();
  return ask(person);
}

function faultIn(operation: Operation, answer: LightMyRequestResponse): unknown {
  const { statusCode, body } = answer;
  if (statusCode >= 500) return `${statusCode} ${body.slice(0, 500)}`;
  if (STACK.test(body) && statusCode >= 400) return `a trace: ${body.slice(0, 500)}`;
  if (statusCode < 400 && body.includes(`Name ${THEIRS}`)) return `of another organization: ${body.slice(0, 500)}`;
  const differences = check(operation, answer);
  return differences.length === 0
    ? undefined
    : { statusCode, differences: differences.slice(0, 3), body: body.slice(0, 500) };
}
