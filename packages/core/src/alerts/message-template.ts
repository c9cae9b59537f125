/**
 * Messages with placeholders: `"{device}: {metric} is {value} {unit}"`. A brace itself is written twice. There is nothing to
 * compute in a template, so that writing one can neither throw nor reach anything but these values.
 */
import { SluiceError } from "../errors.ts";

/** What a message may tell, and nothing else. Numbers are written as they are; what is not known is written as "–". */
export const PLACEHOLDERS = [
  "rule",
  "device",
  "deviceName",
  "asset",
  "site",
  "metric",
  "value",
  "unit",
  "threshold",
  "severity",
  "time",
] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];
export type TemplateValues = Readonly<Partial<Record<Placeholder, string | number | null>>>;

export const MAX_TEMPLATE_LENGTH = 500;
/** What one value may take of a message: names are people's, and could be long. */
const MAX_VALUE_LENGTH = 200;
const UNKNOWN = "–";

/** Throws `alert.template_invalid`, naming the place: an unknown placeholder, a brace alone, a text that is empty or too long. */
export function validateTemplate(template: string): void {
  if (template.trim() === "") throw invalid("the message must say something", 0);
  if (template.length > MAX_TEMPLATE_LENGTH) {
    throw invalid(`the message may have at most ${MAX_TEMPLATE_LENGTH} characters`, MAX_TEMPLATE_LENGTH);
  }
  for (const { kind, text, at } of partsOf(template)) {
    if (kind === "stray") throw invalid(`a brace that is meant as one is written twice: ${text}${text}`, at);
    if (kind === "placeholder" && !isPlaceholder(text)) {
      throw invalid(`there is no {${text}}: use ${PLACEHOLDERS.map((name) => `{${name}}`).join(", ")}`, at);
    }
  }
}

/** Never throws: what a validated template cannot contain is written as it stands. */
export function renderTemplate(template: string, values: TemplateValues): string {
  return partsOf(template)
    .map(({ kind, text }) => {
      if (kind !== "placeholder") return text;
      return isPlaceholder(text) ? render(values[text]) : `{${text}}`;
    })
    .join("");
}

interface Part {
  readonly kind: "text" | "placeholder" | "stray";
  readonly text: string;
  /** Characters before it. */
  readonly at: number;
}

function partsOf(template: string): Part[] {
  return Array.from(template.matchAll(/\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+/g), ({ 0: whole, 1: name, index: at }) => {
    if (name !== undefined) return { kind: "placeholder", text: name, at };
    if (whole === "{{" || whole === "}}") return { kind: "text", text: whole[0]!, at };
    return { kind: whole === "{" || whole === "}" ? "stray" : "text", text: whole, at };
  });
}

function isPlaceholder(name: string): name is Placeholder {
  return PLACEHOLDERS.includes(name as Placeholder);
}

/** On one line: a device's name must not add a header to a mail or a line to a message. */
function render(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return UNKNOWN;
  if (typeof value === "number") return Number.isFinite(value) ? String(Number(value.toPrecision(6))) : UNKNOWN;
  const line = value.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ");
  // By characters: half a surrogate pair could not be stored.
  const characters = [...line];
  return characters.length > MAX_VALUE_LENGTH ? `${characters.slice(0, MAX_VALUE_LENGTH - 1).join("")}…` : line;
}

function invalid(reason: string, at: number): SluiceError {
  return new SluiceError("invalid", "alert.template_invalid", `In the alert's message, ${reason}.`, {
    details: { at },
  });
}
