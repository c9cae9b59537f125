import { expect, test } from "vitest";
import { isStopOperation } from "./stop-operation.ts";

const body = (query: string, variables?: object) => JSON.stringify({ query, variables });
const withInput = "mutation Go($input: CommandInput!) { sendCommand(input: $input) { executionId } }";
const withKind = "mutation ($kind: CommandKind!) { sendCommand(input: {actuator: 1, kind: $kind}) { executionId } }";
const withDefault =
  "mutation ($kind: CommandKind = STOP) { sendCommand(input: {actuator: 1, kind: $kind}) { executionId } }";
const withInputDefault =
  "mutation ($input: CommandInput! = {actuator: 1, kind: STOP}) { sendCommand(input: $input) { executionId } }";
const stop = (name: string, kind = "STOP") =>
  `${name}: sendCommand(input: {actuator: 1, kind: ${kind}}) { executionId }`;

test.each([
  ["written out", body('mutation { sendCommand(input: {actuator: "1", kind: STOP}) { executionId } }')],
  ["with another name", body("mutation { now: sendCommand(input: {kind: STOP, actuator: 1}) { executionId } }")],
  ["given as a variable", body(withInput, { input: { actuator: 1, kind: "STOP" } })],
  ["of which the kind is a variable", body(withKind, { kind: "STOP" })],
  ["of which the kind is a variable's default", body(withDefault)],
  ["that is a variable's default", body(withInputDefault)],
  ["of two actuators", body(`mutation { ${stop("a")} ${stop("b")} }`)],
  ["with its command", body("mutation { sendCommand(input: {kind: STOP}) { command { state device { uid } } } }")],
])("a STOP %s is one", (_, text) => {
  expect(isStopOperation(text)).toBe(true);
});

test.each([
  ["a run", body('mutation { sendCommand(input: {actuator: 1, kind: RUN, reason: "STOP"}) { executionId } }')],
  ["a run by a variable", body(withInput, { input: { actuator: 1, kind: "RUN", reason: "STOP" } })],
  ["a STOP beside a run", body(`mutation { ${stop("a")} ${stop("b", "RUN")} }`)],
  ["a run in spite of the default", body(withDefault, { kind: "RUN" })],
  ["no kind in spite of the default", body(withDefault, { kind: null })],
  [
    "a STOP that asks for lists",
    body("mutation { sendCommand(input: {kind: STOP}) { command { device { alerts { id } } } } }"),
  ],
  [
    "a STOP beside a query",
    body("query q { devices { nodes { id } } } mutation s { sendCommand(input: {kind: STOP}) { executionId } }"),
  ],
  [
    "a STOP in a fragment",
    body("mutation { ...f } fragment f on Mutation { sendCommand(input: {kind: STOP}) { executionId } }"),
  ],
  ["a query that speaks of one", body("{ sendCommand(input: {kind: STOP}) { executionId } }")],
  ["a comment", body("{ devices { nodes { id } } } # sendCommand STOP")],
  ["a long one", body(`mutation { sendCommand(input: {kind: STOP}) { executionId } } #${"x".repeat(9_000)}`)],
  ["many fields", body(`mutation { sendCommand(input: {kind: STOP}) { ${"executionId ".repeat(300)} } }`)],
  ["no JSON", '{"query": "mutation sendCommand STOP'],
  ["no document", body("sendCommand STOP }")],
  ["no text", { query: "sendCommand STOP" }],
  ["another shape", '["sendCommand", "STOP"]'],
])("%s is none", (_, given) => {
  expect(isStopOperation(given)).toBe(false);
});
