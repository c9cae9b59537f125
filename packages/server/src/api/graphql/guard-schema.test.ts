import { type GraphQLSchema, graphql } from "graphql";
import { expect, test } from "vitest";
import { PERMISSIONS, type Principal, type Scope } from "../../auth/index.ts";
import { Budget } from "./budget.ts";
import { createBuilder } from "./builder.ts";
import { access, guardSchema } from "./guard-schema.ts";
import { schema } from "./schema.ts";

const program = (...scopes: Scope[]): Principal => ({
  kind: "client",
  clientId: "1",
  organizationId: 1,
  scopes: new Set(scopes),
});

/** A thing with a part, each with a permission of its own. */
function smallSchema(leaveOut?: "field" | "type" | "bound"): GraphQLSchema {
  const builder = createBuilder();
  const Part = builder.objectRef<object>("Part").implement({
    ...(leaveOut === "type" ? {} : access("telemetry:read")),
    fields: (t) => ({ name: t.string({ resolve: () => "part" }) }),
  });
  const Thing = builder.objectRef<object>("Thing").implement({
    ...access("registry:read"),
    fields: (t) => ({
      name: t.string({ resolve: () => "thing" }),
      secret: t.string({ ...access("audit:read"), nullable: true, resolve: () => "secret" }),
      parts: t.field({ type: [Part], nullable: true, resolve: () => [{}] }),
    }),
  });
  builder.queryField("thing", (t) =>
    t.field({ ...(leaveOut === "field" ? {} : access("registry:read")), type: Thing, resolve: () => ({}) }),
  );
  builder.queryField("search", (t) =>
    t.string({
      ...access("registry:read"),
      args: { [leaveOut === "bound" ? "hints" : "search"]: t.arg.string() },
      resolve: () => "found",
    }),
  );
  builder.mutationField("change", (t) => t.string({ ...access("registry:write"), resolve: () => "changed" }));
  builder.subscriptionField("changes", (t) =>
    t.string({ ...access("registry:read"), subscribe: async function* () {}, resolve: () => "changed" }),
  );
  return guardSchema(builder.toSchema());
}

async function ask(source: string, principal: Principal) {
  return graphql({ schema: smallSchema(), source, contextValue: { principal, budget: new Budget(100) } });
}

test("a field of a root type, or a type, that does not say who may see it stops the schema", () => {
  expect(() => smallSchema("field")).toThrow(/Query\.thing does not say/);
  expect(() => smallSchema("type")).toThrow(/Part does not say/);
});

test("a text that an argument may be, however long, stops the schema too", async () => {
  expect(() => smallSchema("bound")).toThrow(/Query\.search: nobody says how long hints may be/);
  const search = (text: string) => ask(`{ search(search: "${text}") }`, program("registry:read"));
  expect(await search("x".repeat(200))).toEqual({ data: { search: "found" } });
  const { errors } = await search("x".repeat(201));
  expect(errors?.[0]?.originalError).toMatchObject({ code: "request.invalid" });
});

test("a caller sees what their permissions open, and nothing behind a list either", async () => {
  const source = "{ thing { name secret parts { name } } }";
  const { data, errors } = await ask(source, program("registry:read"));
  expect(data).toEqual({ thing: { name: "thing", secret: null, parts: null } });
  expect(errors?.map(({ path, originalError }) => [path, (originalError as { code?: string }).code])).toEqual([
    [["thing", "secret"], "auth.forbidden"],
    [["thing", "parts"], "auth.forbidden"],
  ]);
  const all = await ask(source, program("registry:read", "telemetry:read", "audit:read"));
  expect(all).toEqual({ data: { thing: { name: "thing", secret: "secret", parts: [{ name: "part" }] } } });
});

test("a change is refused before it is made", async () => {
  const { data } = await ask("mutation { change }", program("registry:read"));
  expect(data).toBeNull();
  expect((await ask("mutation { change }", program("registry:write"))).data).toEqual({ change: "changed" });
});

const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].map((type) => type!);
const fields = roots.flatMap((type) =>
  Object.values(type.getFields()).map((field) => [type.name, field.name, field] as const),
);

test.each(fields)("%s.%s is closed to whoever has every permission but its own", async (_type, _name, field) => {
  const permission = field.extensions.access as Scope;
  const others = (Object.keys(PERMISSIONS) as Scope[]).filter((name) => name !== permission);
  const context = { principal: program(...others) };
  const call = field.subscribe ?? field.resolve!;
  expect(() => call({}, {}, context, {} as never)).toThrow(expect.objectContaining({ code: "auth.forbidden" }));
});

test("what changes anything asks for more than reading", () => {
  const permissions = Object.values(schema.getMutationType()!.getFields()).map(({ extensions }) => extensions.access);
  expect(permissions.filter((permission) => String(permission).endsWith(":read"))).toEqual([]);
});
