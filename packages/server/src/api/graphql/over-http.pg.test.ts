import type { AddressInfo } from "node:net";
import { serverAudits } from "graphql-http";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { createTestApp, type TestApp } from "../testing/test-app.ts";
import { QUERY_LIMITS } from "./limits.ts";

let sluice: TestApp;
let url: string;
let authorization: string;
beforeAll(async () => {
  sluice = await createTestApp();
  await sluice.app.listen({ host: "127.0.0.1", port: 0 });
  url = `http://127.0.0.1:${(sluice.app.server.address() as AddressInfo).port}/graphql`;
  authorization = `Bearer ${await sluice.tokenOf("admin")}`;
});
afterAll(() => sluice.close());

const authorized: typeof fetch = (input, init) =>
  fetch(input, { ...init, headers: { ...init?.headers, authorization } });

describe("the GraphQL-over-HTTP audit", () => {
  test.each(
    serverAudits({ url: () => url, fetchFn: authorized }).map((audit) => [audit.id, audit.name, audit] as const),
  )("%s %s", async (_id, _name, audit) => {
    expect(await audit.fn()).toMatchObject({ status: "ok" });
  });
});

const post = async (body: unknown, headers: Record<string, string> = {}) => {
  const answer = await authorized(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/graphql-response+json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, body: text.startsWith("{") ? JSON.parse(text) : text };
};

describe("a request is refused", () => {
  const nested = `{ device(uid: "x") { asset ${"{ parent ".repeat(12)} { id } ${"}".repeat(13)} }`;
  const aliased = `{ ${Array.from({ length: 51 }, (_, i) => `a${i}: __typename`).join(" ")} }`;
  it.each([
    ["too deep", nested.replaceAll("  ", " "), "graphql.too_deep"],
    ["with too many aliases", aliased, "graphql.too_many_aliases"],
    [
      "too costly",
      "{ devices(first: 1000) { nodes { actuators { key kind status mode } alerts { id title message } latest { metric value at } } } }",
      "graphql.too_costly",
    ],
  ])("when it is %s", async (_what, query, code) => {
    const { status, body } = await post({ query });
    expect(body.errors).toMatchObject([{ extensions: { code } }]);
    expect(body.data).toBeUndefined();
    expect(status).toBe(400);
  });

  it("when it has too many tokens, before it is read to its end", async () => {
    const { status, body } = await post({ query: `{ ${"__typename ".repeat(QUERY_LIMITS.maxTokens)} }` });
    expect(status).toBe(400);
    expect(body.errors[0].message).toContain("token");
  });

  it("when it is too large, nests too deeply, is a batch, or is the form of another page", async () => {
    const query = "{ __typename }";
    expect((await post({ query, variables: { x: "x".repeat(QUERY_LIMITS.maxBodyBytes) } })).status).toBe(413);
    expect((await post(`{"query":"{ __typename }","variables":${"[".repeat(5000)}${"]".repeat(5000)}}`)).status).toBe(
      400,
    );
    expect((await post([{ query }, { query }])).status).toBe(400);
    for (const type of ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"]) {
      expect((await post(`query=${query}`, { "content-type": type })).status, type).toBe(415);
    }
  });

  it("when a mutation comes by GET", async () => {
    const query = `mutation { deactivateDevice(uid: "x") { id } }`;
    const answer = await authorized(`${url}?query=${encodeURIComponent(query)}`);
    expect(answer.status).toBe(405);
  });
});

test("nothing of an unexpected error is told", async () => {
  const { pool } = sluice.database;
  await pool.query("alter table site rename to site_gone");
  const { body } = await post({ query: "{ sites { nodes { slug } } me { roles } }" });
  await pool.query("alter table site_gone rename to site");
  expect(body).toEqual({
    data: null,
    errors: expect.arrayContaining([
      {
        message: "Something went wrong here; it is in the log under the request id.",
        locations: expect.any(Array),
        path: ["sites"],
        extensions: { code: "internal", kind: "internal" },
      },
    ]),
  });
});

test("mistakes are told with their place, and what was meant", async () => {
  const { status, body } = await post({ query: "{ devicez { nodes { id } } }" });
  expect(status).toBe(400);
  expect(body.errors).toMatchObject([
    { message: expect.stringMatching(/Did you mean .*"devices"/), locations: [{ line: 1 }] },
  ]);
});
