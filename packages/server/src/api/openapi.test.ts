import { validate } from "@scalar/openapi-validator";
import type { FastifyInstance } from "fastify";
import { Compile } from "typebox/compile";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Operation, operationsOf } from "./testing/described-answers.ts";
import { createDescribedApp } from "./testing/described-app.ts";

let app: FastifyInstance;
let operations: Operation[];
beforeAll(async () => {
  app = await createDescribedApp();
  operations = operationsOf(app);
});
afterAll(() => app.close());

const named = (those: readonly Operation[]) => those.map(({ method, path }) => `${method} ${path}`);

test("the description is valid OpenAPI 3.1", async () => {
  const document = JSON.parse(JSON.stringify(app.swagger()));
  expect(document.openapi).toMatch(/^3\.1\./);
  const result = validate(document);
  expect(result).toMatchObject({ valid: true, errors: [] });
});

test("every operation has a name of its own, a tag that is described, a summary, and says what it answers", () => {
  const { tags = [] } = app.swagger() as { tags?: { name: string }[] };
  const known = new Set(tags.map(({ name }) => name));
  expect(named(operations.filter(({ operationId }) => !/^[a-z][A-Za-z0-9]*$/.test(operationId)))).toEqual([]);
  const names = operations.map(({ operationId }) => operationId);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  expect(named(operations.filter(({ tags: own }) => own?.length !== 1 || !known.has(own[0]!)))).toEqual([]);
  expect(named(operations.filter(({ summary }) => !summary || summary.endsWith(".")))).toEqual([]);
  const isSaid = ({ responses }: Operation) =>
    Object.keys(responses).some((status) => /^[123]/.test(status)) &&
    Object.values(responses).every(({ description }) => description && description !== "Default Response");
  expect(named(operations.filter((operation) => !isSaid(operation)))).toEqual([]);
});

test("every closed operation says how it refuses, and every name in a path is a parameter", () => {
  const closed = operations.filter((operation) => operation["x-permission"] !== undefined);
  expect(closed.length).toBeGreaterThan(100);
  const speaks = ({ responses }: Operation) => ["401", "403", "429"].every((status) => status in responses);
  expect(named(closed.filter((operation) => !speaks(operation)))).toEqual([]);
  const isComplete = ({ path, parameters = [] }: Operation) =>
    [...path.matchAll(/\{(\w+)\}/g)].every(([, name]) =>
      parameters.some((parameter) => parameter.in === "path" && parameter.name === name),
    );
  expect(named(operations.filter((operation) => !isComplete(operation)))).toEqual([]);
});

test("every example is one", () => {
  const wrong = operations.flatMap(({ operationId, requestBody }) =>
    Object.values(requestBody?.content ?? {}).flatMap(({ schema, example }) =>
      schema === undefined || example === undefined || Compile(schema).Check(example)
        ? []
        : [{ operationId, errors: Compile(schema).Errors(example) }],
    ),
  );
  expect(wrong).toEqual([]);
});

test("what makes or commands something shows a body that does", () => {
  const isMaking = ({ method, responses }: Operation) => method === "POST" && "201" in responses;
  const isSimple = ({ requestBody }: Operation) =>
    ((requestBody?.content["application/json"]?.schema as { required?: string[] })?.required ?? []).length < 2;
  const lacking = operations.filter(
    (operation) =>
      isMaking(operation) &&
      !isSimple(operation) &&
      operation.requestBody?.content["application/json"]?.example === undefined,
  );
  expect(named(lacking)).toEqual([]);
});

test("no body takes a property that it does not name", () => {
  const open = operations.flatMap(({ operationId, requestBody }) =>
    Object.values(requestBody?.content ?? {}).flatMap(({ schema }) => openObjects(schema, operationId)),
  );
  // RFC 6749, section 3.2: what is not known there is ignored. What a configuration says of a thing is held against the body by
  // which the thing would be made alone.
  expect(open.filter((place) => !/^(requestToken|revokeToken)$|^putConfiguration\//.test(place))).toEqual([]);
});

/** Where in a schema are objects with names, to which more may be added. */
function openObjects(schema: unknown, place: string): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const { properties, additionalProperties, ...more } = schema as Record<string, unknown>;
  const own = properties !== undefined && additionalProperties !== false ? [place] : [];
  const named = Object.entries(properties ?? {}).flatMap(([key, part]) => openObjects(part, `${place}/${key}`));
  const others = Object.values(more).flatMap((part) => openObjects(part, place));
  return [...own, ...named, ...others, ...openObjects(additionalProperties, place)];
}
