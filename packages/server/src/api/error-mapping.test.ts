import { type ErrorKind, SluiceError } from "@sluice/core/errors.ts";
import pg from "pg";
import { expect, test } from "vitest";
import { problemOf } from "./error-mapping.ts";

test.each<[ErrorKind, number]>([
  ["invalid", 400],
  ["unauthenticated", 401],
  ["forbidden", 403],
  ["not-found", 404],
  ["conflict", 409],
  ["limit", 413],
  ["unavailable", 503],
  ["internal", 500],
])("a failure of kind %s is a %i", (kind, status) => {
  const { body, ...answer } = problemOf(new SluiceError(kind, "some.code", "In words."));
  expect(answer.status).toBe(status);
  expect(body).toMatchObject({ type: "about:blank", status, code: "some.code" });
  expect(body.title).not.toBe("Error");
});

test("a limit that time lifts says when, in whole seconds", () => {
  const error = new SluiceError("limit", "device.rate", "Too fast.", { retryAfterMs: 1200, details: { limit: 5 } });
  expect(problemOf(error)).toMatchObject({
    status: 429,
    headers: { "retry-after": "2" },
    body: { limit: 5, title: "Too Many Requests" },
  });
});

test("details stand beside the members of the standard and never replace them", () => {
  const details = { retryAt: "2026-01-01T00:00:00Z", status: 200, code: "x", type: "y" };
  const { body } = problemOf(new SluiceError("conflict", "actuator.cooldown", "Cooling down.", { details }));
  expect(body).toEqual({
    retryAt: "2026-01-01T00:00:00Z",
    type: "about:blank",
    title: "Conflict",
    status: 409,
    code: "actuator.cooldown",
    detail: "Cooling down.",
  });
});

test("one idempotency key with two bodies is a 422", () => {
  expect(problemOf(new SluiceError("conflict", "idempotency.mismatch", "Another body.")).status).toBe(422);
});

test("an unexpected error tells nothing of itself", () => {
  const secret = "password=hunter2";
  const leaks = [
    new Error(secret),
    new SluiceError("internal", "x.y", secret, { details: { secret } }),
    secret,
    null,
    { secret },
  ];
  for (const error of leaks) {
    const { status, body } = problemOf(error);
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain(secret);
  }
});

test("who brings no token is asked for one, and who brings a bad one is told so", () => {
  const headerOf = (code: string) =>
    problemOf(new SluiceError("unauthenticated", code, "")).headers["www-authenticate"];
  expect(headerOf("auth.token_missing")).toBe('Bearer realm="sluice"');
  expect(headerOf("auth.token_expired")).toBe('Bearer realm="sluice", error="invalid_token"');
});

test("what Fastify refuses keeps its status and gets a code of ours", () => {
  const tooLarge = Object.assign(new Error("Request body is too large"), {
    statusCode: 413,
    code: "FST_ERR_CTP_BODY_TOO_LARGE",
  });
  expect(problemOf(tooLarge)).toMatchObject({
    status: 413,
    body: { code: "request.too_large", title: "Content Too Large" },
  });
  const malformed = Object.assign(new SyntaxError("Unexpected token"), { statusCode: 400 });
  expect(problemOf(malformed)).toMatchObject({ status: 400, body: { code: "request.malformed_json" } });
  expect(problemOf(Object.assign(new Error("boom"), { statusCode: 500 }))).toMatchObject({
    status: 500,
    body: { code: "internal" },
  });
});

test("two changes at once that a constraint parts are a conflict with the code of the rule", () => {
  const violation = (constraint: string) =>
    Object.assign(new pg.DatabaseError("duplicate key value", 0, "error"), { code: "23505", constraint });
  expect(problemOf(violation("actuator_one_safe_on"))).toMatchObject({
    status: 409,
    body: { code: "actuator.interlock_invalid" },
  });
  expect(problemOf(violation("another")).status).toBe(500);
});

test("a database that is away is unavailable, and a retry makes sense", () => {
  const refused = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:5432"), {
    syscall: "connect",
    code: "ECONNREFUSED",
  });
  for (const error of [refused, new Error("Connection terminated unexpectedly")]) {
    expect(problemOf(error)).toMatchObject({
      status: 503,
      headers: { "retry-after": "1" },
      body: { code: "database.unavailable" },
    });
  }
  expect(problemOf(new Error("the connection between a and b is wrong")).status).toBe(500);
});
