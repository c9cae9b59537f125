import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PLACEHOLDERS, renderTemplate, validateTemplate } from "./message-template.ts";

describe("a message template", () => {
  it("is written with its values", () => {
    const text = renderTemplate("{device}: {metric} is {value} {unit}, below {threshold}", {
      device: "pond-1",
      metric: "oxygen",
      value: 3.25000000004,
      unit: "mg/L",
      threshold: 4,
    });
    expect(text).toBe("pond-1: oxygen is 3.25 mg/L, below 4");
  });

  it("writes braces that stand twice as one", () => {
    validateTemplate("{{{device}}} 100 %");
    expect(renderTemplate("{{{device}}} 100 %", { device: "a" })).toBe("{a} 100 %");
  });

  it("tells what is not known as such", () => {
    expect(renderTemplate("{asset} {value} {threshold}", { asset: null, value: Number.NaN })).toBe("– – –");
  });

  it("cuts what is too long between characters", () => {
    expect(renderTemplate("{device}", { device: `a${"🐟".repeat(300)}` })).toBe(`a${"🐟".repeat(198)}…`);
  });

  it("keeps names on one line, and takes no placeholder from a value", () => {
    expect(renderTemplate("{device}", { device: "a\r\nBcc: b\u2028{value}", value: 1 })).toBe("a Bcc: b {value}");
  });

  it.each([
    ["{valeu}", 0],
    ["is {toString}", 3],
    ["is { value }", 3],
    ["a } b", 2],
    ["{value", 0],
    ["{}", 0],
    ["", 0],
    ["   ", 0],
    ["x".repeat(501), 500],
  ])("%s is refused, naming the place", (template, at) => {
    expect(() => validateTemplate(template)).toThrow(
      expect.objectContaining({ code: "alert.template_invalid", details: { at } }),
    );
  });

  it("is written piece by piece, whatever it is made of", () => {
    const piece = fc.oneof(
      fc.string().map((text) => [text.replaceAll(/[{}]/g, ""), text.replaceAll(/[{}]/g, "")] as const),
      fc.constantFrom(["{{", "{"] as const, ["}}", "}"] as const),
      fc.constantFrom(...PLACEHOLDERS).map((name) => [`{${name}}`, `<${name}>`] as const),
    );
    const values = Object.fromEntries(PLACEHOLDERS.map((name) => [name, `<${name}>`]));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
        const template = pieces.map(([written]) => written).join("");
        fc.pre(template.trim() !== "");
        validateTemplate(template);
        expect(renderTemplate(template, values)).toBe(pieces.map(([, expected]) => expected).join(""));
      }),
    );
  });
});
