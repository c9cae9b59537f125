import { type GraphQLField, getNamedType, isInputObjectType, isNonNullType, isObjectType } from "graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createUser, login } from "../../auth/index.ts";
import { addOrganization } from "../../devices/testing/test-registry.ts";
import type { TestApp } from "../testing/test-app.ts";
import { MARK, makeThings, type Things } from "../testing/things.ts";
import { createWholeApp } from "../testing/whole-app.ts";
import { schema } from "./schema.ts";
import { type Ask, graphAsker } from "./testing/ask-graph.ts";

/** Ours has nothing of the kind, or it speaks of the caller alone. */
const WITHOUT_OURS = new Set(["me", "energySummary"]);

let sluice: TestApp;
let things: Things;
let deviceId: string;
let ask: Ask;
let stranger: string;
beforeAll(async () => {
  sluice = await createWholeApp();
  ask = graphAsker(sluice);
  things = await makeThings(sluice);
  deviceId = String((await sluice.ask({ url: `/api/v1/devices/${MARK}` })).json().id);
  const by = await addOrganization(sluice.database.pool, "other");
  const password = "correct horse battery";
  await createUser(sluice.accounts, by, { email: "stranger@example.org", password, roles: ["admin"] });
  const credentials = { username: "stranger@example.org", password, address: "10.0.0.2" };
  stranger = (await login(sluice.accounts, credentials)).access_token;
}, 60_000);
afterAll(() => sluice.close());

const operations = [schema.getQueryType()!, schema.getMutationType()!].flatMap((type) =>
  Object.values(type.getFields()).map((field) => [type.name.toLowerCase(), field.name, field] as const),
);

/** What ours are called, by what an argument is called; undefined for what names nothing. */
function ours(name: string, field: string): unknown {
  if (name === "id") {
    if (/alert/i.test(field)) return things.get("alerts/{id}");
    if (field === "report") return things.get("reports/{id}");
    return field === "actuator" ? things.get("actuators/{id}") : deviceId;
  }
  const named: Readonly<Record<string, unknown>> = {
    first: 10,
    ...{ uid: MARK, device: MARK, site: MARK, profile: MARK, search: MARK, region: MARK },
    ...{ asset: things.get("assets/{asset}"), actuator: things.get("actuators/{id}"), metrics: ["level"] },
    ...{ comment: "mine", reason: "mine", until: new Date(Date.now() + 3_600_000).toISOString(), interval: "HOUR" },
  };
  return named[name];
}

const INPUTS: Readonly<Record<string, () => object>> = {
  RegisterDeviceInput: () => ({ uid: "theirs", profile: MARK }),
  UpdateDeviceInput: () => ({ name: "mine" }),
  CommandInput: () => ({ actuator: things.get("actuators/{id}"), kind: "STOP" }),
};

function callOf(kind: string, field: GraphQLField<unknown, unknown>, isNaming: boolean) {
  const variables: Record<string, unknown> = {};
  for (const { name, type } of field.args) {
    const input = getNamedType(type);
    // Of the two ways to name a device, one.
    if (field.name === "device" && name === "uid") continue;
    const value = isInputObjectType(input) ? INPUTS[input.name]?.() : ours(name, field.name);
    if (value === undefined && isNonNullType(type)) throw new Error(`What is ours for ${field.name}(${name})?`);
    if (value !== undefined && (isNaming || name === "first" || isNonNullType(type))) variables[name] = value;
  }
  const args = field.args.filter(({ name }) => name in variables);
  const declared = args.map(({ name, type }) => `$${name}: ${type}`).join(", ");
  const given = args.map(({ name }) => `${name}: $${name}`).join(", ");
  const written = `${field.name}${given && `(${given})`} ${selectionOf(field, 3)}`;
  return { query: `${kind} Q${declared && `(${declared})`} { ${written} }`, variables };
}

/** All that needs no arguments, down to a depth. */
function selectionOf(field: GraphQLField<unknown, unknown>, depth: number): string {
  const type = getNamedType(field.type);
  if (!isObjectType(type)) return "";
  const fields = Object.values(type.getFields()).filter((each) => depth > 0 || !isObjectType(getNamedType(each.type)));
  return `{ __typename ${fields.map((each) => `${each.name} ${selectionOf(each, depth - 1)}`).join(" ")} }`;
}

const isOurs = (answer: unknown) => JSON.stringify(answer ?? null).includes(MARK);

test.each(operations.filter(([kind, name]) => kind === "query" && !WITHOUT_OURS.has(name)))(
  "%s %s finds what is ours, for us, and nothing of it for somebody of another organization",
  async (kind, name, field) => {
    for (const isNaming of [true, false]) {
      const isNeedy = field.args.some(({ name: arg }) => arg === "id" || arg === "uid");
      if (isNeedy && !isNaming) continue;
      const { query, variables } = callOf(kind, field, isNaming);
      const seen = await ask(query, { variables });
      expect(seen.errors, name).toBeUndefined();
      expect(isOurs(seen.data), query).toBe(true);
      const { data, errors } = await ask(query, { variables, token: stranger });
      expect(isOurs(data), query).toBe(false);
      if (data === null) expect(errors).toMatchObject([{ extensions: { kind: "not-found" } }]);
    }
  },
);

test("energySummary of our site is not to be had", async () => {
  const query = `{ energySummary(site: "${MARK}") { homeCount } }`;
  expect((await ask(query)).data).toEqual({ energySummary: { homeCount: 0 } });
  expect((await ask(query, { token: stranger })).errors).toMatchObject([{ extensions: { code: "site.unknown" } }]);
});

test("no change of what is ours is made for somebody of another organization", async () => {
  const before = await fingerprints();
  for (const [kind, name, field] of operations.filter(([kind]) => kind === "mutation")) {
    const { query, variables } = callOf(kind, field, true);
    const { errors } = await ask(query, { variables, token: stranger });
    expect(errors, name).toMatchObject([
      { extensions: { kind: "not-found", code: expect.stringMatching(/unknown$/) } },
    ]);
  }
  expect(await fingerprints()).toEqual(before);
});

test("nothing of ours can be watched by somebody of another organization", async () => {
  const watch = (query: string) => ask(`subscription { ${query} }`, { token: stranger });
  const { errors } = await watch(`readings(devices: ["${MARK}"]) { uid }`);
  expect(errors).toMatchObject([{ extensions: { code: "device.unknown" } }]);
});

async function fingerprints(): Promise<Record<string, string>> {
  const { pool } = sluice.database;
  const { rows } = await pool.query("select tablename as name from pg_tables where schemaname = 'public'");
  const entries = rows.map(async ({ name }: { name: string }) => {
    const sums = await pool.query(`select md5(string_agg(t::text, '' order by t::text)) as sum from "${name}" t`);
    return [name, sums.rows[0].sum ?? ""] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}
