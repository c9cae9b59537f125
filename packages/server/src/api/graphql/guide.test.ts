import { readFileSync } from "node:fs";
import { getOperationAST, parse, validate } from "graphql";
import { expect, test } from "vitest";
import { assertWithinLimits, QUERY_LIMITS } from "./limits.ts";
import { schema } from "./schema.ts";

const guide = readFileSync(new URL("../../../../../docs/guides/graphql.md", import.meta.url), "utf8");
const examples = [...guide.matchAll(/```graphql\n([\s\S]*?)```/g)].map(([, source]) => source!);

test("the guide has examples of queries, mutations and subscriptions", () => {
  const kinds = examples.map((source) => getOperationAST(parse(source))?.operation);
  expect(new Set(kinds)).toEqual(new Set(["query", "mutation", "subscription"]));
});

test.each(examples)("an example of the guide can be asked: %s", (source) => {
  const document = parse(source);
  expect(validate(schema, document)).toEqual([]);
  assertWithinLimits(schema, document, getOperationAST(document)!, {}, QUERY_LIMITS);
});
