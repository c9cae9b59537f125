import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { schema } from "./graphql/schema.ts";
import { hostileOperations, randomOperation } from "./testing/graphql-operations.ts";
import { HOSTILE_BODIES } from "./testing/hostile-text.ts";
import type { TestApp } from "./testing/test-app.ts";
import { makeThings } from "./testing/things.ts";
import { createWholeApp } from "./testing/whole-app.ts";

const OPERATIONS = 1_000;
/** Always the same, so that what fails fails again; with another one it looks elsewhere. */
const SEED = Number(process.env.SLUICE_FUZZ_SEED ?? 20_260_701);
const STACK = /\n\s+at .+:\d+:\d+|node_modules|packages\/server|\.ts:\d+|syntax error at|"stack(trace)?"/i;
const FAULTS_TOLD = 20;

let sluice: TestApp;
let known: readonly string[];
let answered = 0;
beforeAll(async () => {
  sluice = await createWholeApp();
  known = [...(await makeThings(sluice)).values()].map(String);
}, 120_000);
afterAll(() => sluice.close());

async function faultOf(payload: string | Buffer, headers: Record<string, string> = {}): Promise<string | undefined> {
  const answer = await sluice.app.inject({
    method: "POST",
    url: "/graphql",
    payload,
    headers: {
      ...{ "content-type": "application/json", accept: "application/json" },
      ...{ authorization: `Bearer ${await sluice.tokenOf("admin")}`, ...headers },
    },
  });
  if (answer.statusCode >= 500) return `${answer.statusCode} ${answer.body.slice(0, 300)}`;
  if (STACK.test(answer.body)) return `a trace: ${answer.body.slice(0, 300)}`;
  const { data, errors, code } = answer.json();
  if (data === undefined && !Array.isArray(errors) && code === undefined)
    return `no answer: ${answer.body.slice(0, 300)}`;
  if (data) answered++;
  // What fails within is answered with 200, and told by this code alone.
  const internal = (errors ?? []).find((error: { extensions?: { code?: string } }) =>
    /^internal|INTERNAL/.test(error.extensions?.code ?? ""),
  );
  return internal === undefined ? undefined : JSON.stringify(internal);
}

test(`${OPERATIONS} operations of the schema meet no fault (seed ${SEED})`, async () => {
  const seeds = fc.sample(fc.integer({ min: 0 }), { seed: SEED, numRuns: OPERATIONS });
  const faults: unknown[] = [];
  for (const seed of seeds) {
    const query = randomOperation(schema, { random: randomOf(seed), known });
    const fault = await faultOf(JSON.stringify({ query }));
    if (fault !== undefined) faults.push({ query, fault });
    if (faults.length === FAULTS_TOLD) break;
  }
  expect(faults, `with SLUICE_FUZZ_SEED=${SEED}`).toEqual([]);
  expect(answered).toBeGreaterThan(OPERATIONS / 8);
}, 300_000);

test("operations made to be too much are refused, and none of them is a fault", async () => {
  for (const query of hostileOperations(schema)) {
    expect(await faultOf(JSON.stringify({ query })), query.slice(0, 200)).toBeUndefined();
  }
  for (const variables of [null, [], "x", { a: { b: [1e308, "\u0000"] } }, { __proto__: null }]) {
    const query = "query ($a: String) { __typename }";
    expect(await faultOf(JSON.stringify({ query, variables, operationName: 7 }))).toBeUndefined();
  }
  for (const body of HOSTILE_BODIES) expect(await faultOf(body), String(body).slice(0, 60)).toBeUndefined();
}, 120_000);

/** mulberry32 (Tommy Ettinger, public domain). */
function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
