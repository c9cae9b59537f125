/**
 * Texts of a route, with placeholders and nothing to compute:
 *
 *   {title} {message} {severity} {event} {alert} {site} {rule} {device} {time}     what every notice has
 *   {data.value}  {data.value:1}     a fact of the notice; a number with one decimal
 *   {{ }}     the braces themselves
 *
 * Whether a notice has a fact shows only when it is told: rendering throws a `TemplateFault` for one that is missing, or that
 * is no number where decimals are asked for, and the caller tells the plain text instead.
 */
import { SluiceError } from "@sluice/core/errors.ts";

export const PLACEHOLDERS = [
  "title",
  "message",
  "severity",
  "event",
  "alert",
  "site",
  "rule",
  "device",
  "time",
] as const;
export type TemplateValues = Readonly<Record<(typeof PLACEHOLDERS)[number], string>>;

export const MAX_TEMPLATE_LENGTH = 4_000;
const MAX_VALUE_LENGTH = 500;

export class TemplateFault extends Error {}

interface Part {
  readonly kind: "text" | "placeholder" | "fact" | "invalid";
  readonly text: string;
  readonly decimals?: number | undefined;
}

/** Throws `route.template_invalid` for a text that could never be rendered. */
export function validateTemplate(name: string, template: string): void {
  if (template.trim() === "") throw invalid(name, "is empty: leave it out to have the usual text");
  if (template.length > MAX_TEMPLATE_LENGTH) throw invalid(name, `has more than ${MAX_TEMPLATE_LENGTH} characters`);
  const wrong = partsOf(template).find(({ kind }) => kind === "invalid");
  if (wrong === undefined) return;
  const known = [...PLACEHOLDERS, "data.…"].map((placeholder) => `{${placeholder}}`).join(", ");
  throw invalid(name, `has "${wrong.text}", which is none of ${known}. Write a brace that is meant as one twice`);
}

/** Throws a `TemplateFault` when the notice has not what the template asks for. */
export function renderTemplate(
  template: string,
  values: TemplateValues,
  data: Readonly<Record<string, unknown>>,
): string {
  return partsOf(template)
    .map((part) => {
      if (part.kind === "text") return part.text;
      if (part.kind === "placeholder") return values[part.text as keyof TemplateValues];
      if (part.kind === "fact") return factText(part, data);
      throw new TemplateFault(`"${part.text}" is no placeholder`);
    })
    .join("");
}

function partsOf(template: string): Part[] {
  return Array.from(template.matchAll(/\{\{|\}\}|\{[^{}]*\}|[{}]|[^{}]+/g), ([text]) => {
    if (text === "{{" || text === "}}") return { kind: "text", text: text[0]! };
    return /^[{}]/.test(text) ? placeholderOf(text) : { kind: "text", text };
  });
}

function placeholderOf(text: string): Part {
  const name = text.slice(1, -1);
  if ((PLACEHOLDERS as readonly string[]).includes(name)) return { kind: "placeholder", text: name };
  const fact = /^data\.([\w-]{1,64}(?:\.[\w-]{1,64}){0,4})(?::(\d))?$/.exec(name);
  if (fact === null) return { kind: "invalid", text };
  return { kind: "fact", text: fact[1]!, decimals: fact[2] === undefined ? undefined : Number(fact[2]) };
}

function factText({ text: path, decimals }: Part, data: Readonly<Record<string, unknown>>): string {
  const value = path.split(".").reduce<unknown>(ownProperty, data);
  if (decimals !== undefined) {
    if (typeof value !== "number") throw new TemplateFault(`data.${path} is no number in this notice`);
    return value.toFixed(decimals);
  }
  if (typeof value === "string") return value.slice(0, MAX_VALUE_LENGTH);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new TemplateFault(`this notice has no data.${path}`);
}

/** Not what objects inherit: `data.constructor` is no fact. */
function ownProperty(value: unknown, key: string): unknown {
  const isOwner = typeof value === "object" && value !== null && Object.hasOwn(value, key);
  return isOwner ? (value as Record<string, unknown>)[key] : undefined;
}

function invalid(name: string, reason: string): SluiceError {
  return new SluiceError("invalid", "route.template_invalid", `The template ${name} ${reason}.`, {
    details: { template: name },
  });
}
