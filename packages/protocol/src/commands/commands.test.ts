import type { CommandMessage } from "@sluice/core/commands/messages.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeCommand, parseCommand } from "./command-codec.ts";
import { encodeEvidence, parseEvidence } from "./evidence-codec.ts";
import { encodeConfig, encodeHello, parseConfig, parseHello } from "./hello-codec.ts";
import { MAX_MESSAGE_CHARACTERS } from "./json-message.ts";

const RUN: CommandMessage = {
  id: "3f0b7a52-8c0e-4a51-9a50-0d9a6bb6c001",
  actuator: "pump",
  kind: "RUN",
  fence: 18,
  durationMs: 30_000,
  cooldownMs: 900_000,
  bootId: "b7",
  validUntilMonoMs: 91_234.5,
};

describe("a command", () => {
  it("on the wire has the names of the contract", () => {
    const wallClock = { ...RUN, expiresAtMicros: 1_800_000_000_123_999 };
    expect(JSON.parse(encodeCommand(wallClock))).toEqual({
      id: RUN.id,
      actuator: "pump",
      kind: "RUN",
      fence: 18,
      durationMs: 30_000,
      cooldownMs: 900_000,
      bootId: "b7",
      validUntilMono: 91_234.5,
      expiresAt: "2027-01-15T08:00:00.123Z",
    });
  });

  it("comes back as it went", () => {
    const messages: CommandMessage[] = [
      RUN,
      { id: "s", actuator: "pump", kind: "STOP" },
      { id: "s", actuator: "pump", kind: "STOP", fence: 3, reason: "no_flow" },
      { id: "r", actuator: "pump", kind: "SET", fence: 4, release: ["s"] },
    ];
    for (const message of messages) expect(parseCommand(encodeCommand(message))).toEqual(message);
  });

  it.each([
    ["a fraction of a millisecond", { durationMs: 0.5 }],
    ["no duration", { durationMs: undefined }],
    ["a negative duration", { durationMs: -1 }],
    ["a fence that a double cannot hold", { fence: 2 ** 60 }],
    ["no fence", { fence: undefined }],
    ["a kind that nobody knows", { kind: "EXPLODE" }],
    ["a deadline that is no time", { expiresAt: "soon" }],
    ["an empty id", { id: "" }],
  ])("is refused with %s", (_what, change) => {
    const text = JSON.stringify({ ...JSON.parse(encodeCommand(RUN)), ...change });
    expect(() => parseCommand(text)).toThrow(expect.objectContaining({ kind: "invalid", code: "command.invalid" }));
  });
});

describe("evidence", () => {
  it("is read in capitals and small letters, without what a simple device cannot say, and with nulls for absent", () => {
    const text = '{"id":"a","actuator":"pump","fence":2,"state":"interrupted","reason":null,"ranMs":null,"extra":{}}';
    const expected = { id: "a", actuator: "pump", fence: 2, state: "INTERRUPTED", bootId: "", monoMs: 0 };
    expect(parseEvidence(text)).toEqual(expected);
  });

  it("comes back as it went", () => {
    const evidence = {
      id: "a",
      actuator: "pump",
      fence: 2,
      state: "COMPLETED",
      bootId: "b",
      monoMs: 5,
      ranMs: 3,
    } as const;
    expect(parseEvidence(encodeEvidence(evidence))).toEqual(evidence);
  });

  it.each([
    ["nothing", ""],
    ["null", "null"],
    ["an array", "[]"],
    ["half of it", '{"id":"a"}'],
    ["a state that nobody knows", '{"id":"a","actuator":"pump","state":"EXPLODED"}'],
    ["a thousand braces", "{".repeat(1_000)],
  ])("is refused as %s", (_what, text) => {
    expect(() => parseEvidence(text)).toThrow(expect.objectContaining({ code: "evidence.invalid" }));
  });

  it("is refused before it is parsed when it is too long", () => {
    const text = JSON.stringify({ id: "x".repeat(MAX_MESSAGE_CHARACTERS) });
    expect(() => parseEvidence(text)).toThrow(/longer than/);
  });

  it("throws nothing but evidence.invalid, whatever comes", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(() => parseEvidence(text)).toThrow(expect.objectContaining({ code: "evidence.invalid" }));
      }),
    );
  });
});

describe("a hello", () => {
  it("comes back as it went", () => {
    const entry = {
      id: "a",
      actuator: "pump",
      kind: "RUN",
      fence: 3,
      state: "COMPLETED",
      bootId: "b1",
      ranMs: 9,
    } as const;
    const hello = {
      bootId: "b2",
      monoMs: 17,
      fences: { pump: 3 },
      holds: [{ actuator: "pump", id: "s" }],
      journal: [entry],
      configVersion: 2,
    };
    expect(parseHello(encodeHello(hello))).toEqual(hello);
  });

  it("may be short", () => {
    const short = parseHello('{"bootId":"b","mono":1}');
    expect(short).toEqual({ bootId: "b", monoMs: 1, fences: {}, holds: [], journal: [], configVersion: 0 });
  });

  it("cannot reach a prototype", () => {
    const { fences } = parseHello('{"bootId":"b","mono":1,"fences":{"__proto__":5,"pump":1}}');
    expect(fences.pump).toBe(1);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });
});

describe("a configuration", () => {
  it("comes back as it went, and a question is a question", () => {
    const config = { version: 3, actuators: { pump: { maxRunMs: 30_000, cooldownMs: 900_000, linkLossMs: 5_000 } } };
    expect(parseConfig(encodeConfig(config))).toEqual(config);
    expect(parseConfig('{"ask":"hello"}')).toEqual({ ask: "hello" });
  });
});
