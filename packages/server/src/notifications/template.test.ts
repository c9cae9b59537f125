import { expect, test } from "vitest";
import { renderTemplate, TemplateFault, validateTemplate } from "./template.ts";

const VALUES = {
  title: "Oxygen is low",
  message: "3.1 mg/l",
  severity: "critical",
  event: "fired",
  alert: "a",
  site: "North farm",
  rule: "7",
  device: "9",
  time: "2026-05-01T03:12:00Z",
};
const DATA = { value: 3.0625, unit: "mg/l", isLatched: true, pond: { name: "3" }, list: [1] };

test.each([
  ["{site}: {title}", "North farm: Oxygen is low"],
  ["{data.value:1} {data.unit} at {time}", "3.1 mg/l at 2026-05-01T03:12:00Z"],
  ["pond {data.pond.name}, latched {data.isLatched}", "pond 3, latched true"],
  ["{{title}} is {title}", "{title} is Oxygen is low"],
])("%s", (template, text) => {
  validateTemplate("body", template);
  expect(renderTemplate(template, VALUES, DATA)).toBe(text);
});

test.each([
  ["  ", "is empty"],
  ["{titel}", '"{titel}"'],
  ["{data.}", '"{data.}"'],
  ["{data.value:x}", '"{data.value:x}"'],
  ["{title", '"{"'],
  ["title}", '"}"'],
  ["{}", '"{}"'],
  ["{title:1}", '"{title:1}"'],
  ["x".repeat(4_001), "more than 4000"],
])("%j is refused when it is saved", (template, reason) => {
  expect(() => validateTemplate("email.body", template)).toThrow(
    expect.objectContaining({ code: "route.template_invalid", message: expect.stringContaining(reason) }),
  );
});

test.each([
  "{data.nothing}",
  "{data.unit:1}",
  "{data.pond}",
  "{data.constructor}",
  "{data.list.length.x}",
  "{data.__proto__.x}",
])("%s can be saved, and throws for a notice without it", (template) => {
  validateTemplate("body", template);
  expect(() => renderTemplate(template, VALUES, DATA)).toThrow(TemplateFault);
});
