import { expect, test } from "vitest";
import { UsageError } from "./command.ts";
import { editDistance, nearest } from "./nearest.ts";
import { parseArguments } from "./parse-arguments.ts";

const shape = {
  positionals: [
    { name: "FILE", isRequired: true },
    { name: "OTHER", isRequired: false },
  ],
  options: {
    device: { kind: "text", value: "UID", help: "" },
    rate: { kind: "number", value: "N", help: "" },
    json: { kind: "flag", help: "" },
  },
} as const;

const parse = (...words: string[]) => parseArguments(words, shape);

test("options and positionals may stand in any order", () => {
  const invocation = parse("--device", "d-1", "a.csv", "--json", "--rate=2.5", "b.csv");
  expect(invocation.text("device")).toBe("d-1");
  expect(invocation.number("rate", { min: 0, max: 10 })).toBe(2.5);
  expect(invocation.flag("json")).toBe(true);
  expect([invocation.positional(0), invocation.positional(1)]).toEqual(["a.csv", "b.csv"]);
});

test("what is not given is undefined", () => {
  const invocation = parse("a.csv");
  expect(invocation.text("device")).toBeUndefined();
  expect(invocation.number("rate", { min: 0, max: 10 })).toBeUndefined();
  expect(invocation.flag("json")).toBe(false);
});

test.each([
  [["a.csv", "--devcie", "d"], "Unknown option --devcie. Did you mean --device?"],
  [["a.csv", "--wombat"], "Unknown option --wombat."],
  [["a.csv", "-x"], "Unknown option -x."],
  [["a.csv", "--toString"], "Unknown option --toString."],
  [["a.csv", "--device"], "--device needs a value: --device UID."],
  [["a.csv", "--device", "--json"], "--device needs a value: --device UID."],
  [["a.csv", "--json=yes"], "--json takes no value."],
  [["a.csv", "--device", "a", "--device", "b"], "--device is given twice."],
  [["a.csv", "b.csv", "c.csv"], 'Unexpected argument "c.csv".'],
  [[], "FILE is missing."],
])("%j is a usage error", (words, message) => {
  expect(() => parse(...words)).toThrow(new UsageError(message));
});

test("a value may begin with one dash, as negative numbers and tokens do", () => {
  expect(parse("a.csv", "--device", "-abc").text("device")).toBe("-abc");
  expect(parse("a.csv", "--rate", "-1").number("rate", { min: -5, max: 5 })).toBe(-1);
});

test.each(["x", "", "11", "-1", "NaN", "1e99"])("number %j outside its limits is a usage error", (text) => {
  expect(() => parse("a.csv", `--rate=${text}`).number("rate", { min: 0, max: 10 })).toThrow(
    /--rate is a number from 0 to 10/,
  );
});

test("a whole number has no fraction, and a choice is one of its words", () => {
  expect(() => parse("a.csv", "--rate", "1.5").integer("rate", { min: 0, max: 9 })).toThrow(/whole number/);
  expect(parse("a.csv").choice("device", ["mqtt", "http"])).toBe("mqtt");
  expect(() => parse("a.csv", "--device", "coap").choice("device", ["mqtt", "http"])).toThrow(/knows mqtt, http/);
  expect(parse("a.csv", "--device", "b, a").choices("device", ["a", "b"], [])).toEqual(["b", "a"]);
  expect(parse("a.csv").choices("device", ["a", "b"], ["b"])).toEqual(["b"]);
  expect(() => parse("a.csv", "--device", "a,,b").choices("device", ["a", "b"], [])).toThrow(/knows a, b, not ""/);
  expect(() => parse("a.csv").requiredText("device")).toThrow("--device is missing.");
});

test("the nearest word is near, or there is none", () => {
  const known = ["serve", "simulate", "replay", "doctor"];
  expect(nearest("serv", known)).toBe("serve");
  expect(nearest("sevre", known)).toBe("serve");
  expect(nearest("sim", known)).toBe("simulate");
  expect(nearest("relpay", known)).toBe("replay");
  expect(nearest("banana", known)).toBeUndefined();
});

test("distance counts a swap of neighbours as one change", () => {
  expect(editDistance("abcd", "acbd")).toBe(1);
  expect(editDistance("", "abc")).toBe(3);
  expect(editDistance("kitten", "sitting")).toBe(3);
});
