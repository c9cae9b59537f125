import type { CommandMessage } from "@sluice/core/commands/messages.ts";
import { LONGEST_COOLDOWN_MS, LONGEST_RUN_MS } from "@sluice/core/safety/envelope.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeCommand, parseCommand } from "./command-codec.ts";
import { encodeEvidence, parseEvidence } from "./evidence-codec.ts";
import { encodeConfig, encodeHello, MAX_JOURNAL_LENGTH, parseConfig, parseHello } from "./hello-codec.ts";
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
      { ...RUN, override: true },
      { ...RUN, kind: "DOSE", amount: 2.5, unit: "L" },
      { id: "s", actuator: "pump", kind: "STOP" },
      { id: "s", actuator: "pump", kind: "STOP", fence: 3, reason: "no_flow" },
      { id: "r", actuator: "pump", kind: "SET", fence: 4, release: ["s"] },
      { id: "r", actuator: "pump", kind: "SET", fence: 4, release: [], value: -4.5, unit: "°C" },
      { id: "r", actuator: "pump", kind: "SET", fence: 4, release: ["s"], value: 0 },
    ];
    for (const message of messages) expect(parseCommand(encodeCommand(message))).toEqual(message);
  });

  it("of any numbers comes back as it went", () => {
    const starting = fc.record({
      id: fc.string({ minLength: 1, maxLength: 64 }),
      actuator: fc.string({ minLength: 1, maxLength: 63 }),
      fence: fc.maxSafeNat().map((fence) => Math.max(1, fence)),
      durationMs: fc.integer({ min: 1, max: LONGEST_RUN_MS }),
      cooldownMs: fc.integer({ min: 0, max: LONGEST_COOLDOWN_MS }),
      bootId: fc.string({ minLength: 1, maxLength: 64 }),
      validUntilMonoMs: fc.double({ min: 0, max: 1e12, noNaN: true }).map((ms) => ms + 0),
      amount: fc.double({ noNaN: true, noDefaultInfinity: true }).map((amount) => amount + 0),
      unit: fc.string({ minLength: 1, maxLength: 16 }),
    });
    fc.assert(
      fc.property(starting, (fields) => {
        const message = { ...fields, kind: "DOSE" as const };
        expect(parseCommand(encodeCommand(message))).toEqual(message);
      }),
    );
  });

  it("leaves out what it does not know, and what is null or no override", () => {
    const text = JSON.stringify({ ...JSON.parse(encodeCommand(RUN)), override: false, expiresAt: null, colour: "red" });
    expect(parseCommand(text)).toEqual(RUN);
    const set = '{"id":"r","actuator":"pump","kind":"SET","fence":4,"release":null,"value":null}';
    expect(parseCommand(set)).toEqual({ id: "r", actuator: "pump", kind: "SET", fence: 4, release: [] });
  });

  it("lets the device say what is wrong with an amount", () => {
    for (const amount of [0, -1]) {
      expect(parseCommand(encodeCommand({ ...RUN, kind: "DOSE", amount, unit: "L" }))).toMatchObject({ amount });
    }
  });

  it.each([
    ["a fraction of a millisecond", { durationMs: 0.5 }, "/durationMs"],
    ["no duration", { durationMs: undefined }, ""],
    ["a duration of nothing", { durationMs: 0 }, "/durationMs"],
    ["a negative duration", { durationMs: -1 }, "/durationMs"],
    ["a duration longer than a day", { durationMs: LONGEST_RUN_MS + 1 }, "/durationMs"],
    ["a duration as text", { durationMs: "20000" }, "/durationMs"],
    ["a negative cooldown", { cooldownMs: -1 }, "/cooldownMs"],
    ["a fraction of a cooldown", { cooldownMs: 0.5 }, "/cooldownMs"],
    ["a cooldown longer than a week", { cooldownMs: LONGEST_COOLDOWN_MS + 1 }, "/cooldownMs"],
    ["a fence that a double cannot hold", { fence: 2 ** 60 }, "/fence"],
    ["a fence of 0", { fence: 0 }, "/fence"],
    ["no fence", { fence: undefined }, ""],
    ["a kind that nobody knows", { kind: "EXPLODE" }, "/kind"],
    ["a deadline that is no time", { expiresAt: "soon" }, "/expiresAt"],
    ["a negative deadline", { validUntilMono: -1 }, "/validUntilMono"],
    ["an override that is no yes or no", { override: 1 }, "/override"],
    ["an empty id", { id: "" }, "/id"],
    ["a dose without a unit", { kind: "DOSE", amount: 1 }, ""],
    ["a dose of text", { kind: "DOSE", amount: "1", unit: "L" }, "/amount"],
    ["a unit that is a sentence", { kind: "DOSE", amount: 1, unit: "x".repeat(17) }, "/unit"],
    ["a value that is no number", { kind: "SET", value: "wide open" }, "/value"],
    ["a release that is no list", { kind: "SET", release: "all" }, "/release"],
    ["more releases than there are holds", { kind: "SET", release: Array(65).fill("s") }, "/release"],
  ])("is refused with %s, and the place is named", (_what, change, at) => {
    const text = JSON.stringify({ ...JSON.parse(encodeCommand(RUN)), ...change });
    const details = expect.objectContaining({ at });
    expect(() => parseCommand(text)).toThrow(
      expect.objectContaining({ kind: "invalid", code: "command.invalid", details }),
    );
  });

  it("is refused with an amount that no number holds", () => {
    const text = encodeCommand({ ...RUN, kind: "DOSE", amount: 1, unit: "L" }).replace('"amount":1', '"amount":1e999');
    expect(() => parseCommand(text)).toThrow(/amount/);
  });

  it("throws nothing but command.invalid, whatever comes", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(() => parseCommand(text)).toThrow(expect.objectContaining({ code: "command.invalid" }));
      }),
    );
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
      amount: 0.5,
    } as const;
    expect(parseEvidence(encodeEvidence(evidence))).toEqual(evidence);
  });

  it.each([
    ["nothing", ""],
    ["null", "null"],
    ["an array", "[]"],
    ["half of it", '{"id":"a"}'],
    ["a state that nobody knows", '{"id":"a","actuator":"pump","state":"EXPLODED"}'],
    ["a negative amount", '{"id":"a","actuator":"pump","state":"ABORTED","amount":-1}'],
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
      kind: "DOSE",
      fence: 3,
      state: "COMPLETED",
      bootId: "b1",
      ranMs: 9,
      amount: 2,
    } as const;
    const hello = {
      bootId: "b2",
      monoMs: 17,
      fences: { pump: 3 },
      forgotten: { pump: 1 },
      safe: ["aerator"],
      holds: [{ actuator: "pump", id: "s" }],
      journal: [entry],
      configVersion: 2,
    };
    expect(parseHello(encodeHello(hello))).toEqual(hello);
  });

  it("may be short", () => {
    const nothing = { fences: {}, forgotten: {}, safe: [], holds: [], journal: [], configVersion: 0 };
    expect(parseHello('{"bootId":"b","mono":1}')).toEqual({ bootId: "b", monoMs: 1, ...nothing });
    expect(parseHello('{"bootId":null,"mono":null}')).toEqual(nothing);
  });

  it.each([
    ["a time without its boot", '{"mono":1}', "/bootId"],
    ["a boot without its time", '{"bootId":"b"}', "/mono"],
    ["a fence below 0", '{"forgotten":{"pump":-1}}', "/forgotten/pump"],
    ["a safe state of nothing", '{"safe":[""]}', "/safe/0"],
  ])("is refused with %s", (_what, text, at) => {
    const details = expect.objectContaining({ at });
    expect(() => parseHello(text)).toThrow(expect.objectContaining({ code: "hello.invalid", details }));
  });

  it("with full journals is short enough to be read", () => {
    const entry = {
      id: "3f0b7a52-8c0e-4a51-9a50-0d9a6bb6c001",
      actuator: "main-pump",
      kind: "RUN",
      fence: 2 ** 40,
      state: "COMPLETED",
      reason: "duration",
      bootId: "3f0b7a52-8c0e-4a51-9a50-0d9a6bb6c001",
      ranMs: 20_000.000_001,
    } as const;
    const journal = Array.from({ length: MAX_JOURNAL_LENGTH }, () => entry);
    expect(parseHello(encodeHello({ ...parseHello("{}"), journal })).journal).toHaveLength(MAX_JOURNAL_LENGTH);
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

  it("carries every limit that a device keeps, and no other", () => {
    const pump = {
      maxRunMs: 30_000,
      cooldownMs: 900_000,
      linkLossMs: 5_000,
      minOffMs: 60_000,
      interlockGroup: "water",
      safeState: "local",
      maxDose: { amount: 2.5, unit: "L" },
    } as const;
    const text = JSON.stringify({ version: 3, actuators: { pump: { ...pump, colour: "red" } } });
    expect(parseConfig(text)).toEqual({ version: 3, actuators: { pump } });
    expect(parseConfig(encodeConfig({ version: 3, actuators: { pump } }))).toEqual({ version: 3, actuators: { pump } });
  });

  it.each([
    ["a maximum of nothing", { maxRunMs: 0 }, "maxRunMs"],
    ["a maximum beyond a day", { maxRunMs: LONGEST_RUN_MS + 1 }, "maxRunMs"],
    ["a negative pause", { minOffMs: -1 }, "minOffMs"],
    ["a safe state that nobody knows", { safeState: "maybe" }, "safeState"],
    ["a dose of nothing", { maxDose: { amount: 0, unit: "L" } }, "maxDose/amount"],
    ["a group without a name", { interlockGroup: "" }, "interlockGroup"],
  ])("is refused with %s", (_what, change, field) => {
    const text = JSON.stringify({ version: 1, actuators: { pump: { maxRunMs: 1, cooldownMs: 0, ...change } } });
    const details = expect.objectContaining({ at: `/actuators/pump/${field}` });
    expect(() => parseConfig(text)).toThrow(expect.objectContaining({ code: "config.invalid", details }));
  });
});
