import { parseArgs } from "node:util";
import { nearest } from "./nearest.ts";
import { type CommandLineShape, type OptionSpec, UsageError } from "./usage.ts";

type Values = ReadonlyMap<string, string | true>;

/** What was said on the command line, checked against what the command knows. */
export class Invocation {
  private readonly values: Values;
  private readonly positionals: readonly string[];

  constructor(values: Values, positionals: readonly string[]) {
    this.values = values;
    this.positionals = positionals;
  }

  flag(name: string): boolean {
    return this.values.has(name);
  }

  text(name: string): string | undefined {
    const value = this.values.get(name);
    return value === true ? undefined : value;
  }

  requiredText(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw new UsageError(`--${name} is missing.`);
    return value;
  }

  /** One of the given words; the first when the option is absent. */
  choice<T extends string>(name: string, choices: readonly [T, ...T[]]): T {
    const value = this.text(name);
    return value === undefined ? choices[0] : oneOf(name, value, choices);
  }

  /** `a,b`: each one of the given words; `fallback` when the option is absent. */
  choices<T extends string>(name: string, known: readonly T[], fallback: readonly T[]): readonly T[] {
    return (
      this.text(name)
        ?.split(",")
        .map((word) => oneOf(name, word.trim(), known)) ?? fallback
    );
  }

  number(name: string, limits: { min: number; max: number }): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const number = value.trim() === "" ? Number.NaN : Number(value);
    if (!(number >= limits.min && number <= limits.max)) {
      throw new UsageError(`--${name} is a number from ${limits.min} to ${limits.max}, not "${value}".`);
    }
    return number;
  }

  integer(name: string, limits: { min: number; max: number }): number | undefined {
    const value = this.number(name, limits);
    if (value !== undefined && !Number.isInteger(value)) {
      throw new UsageError(`--${name} is a whole number, not "${value}".`);
    }
    return value;
  }

  positional(index: number): string | undefined {
    return this.positionals[index];
  }
}

function oneOf<T extends string>(name: string, word: string, known: readonly T[]): T {
  const found = known.find((candidate) => candidate === word);
  if (found === undefined) throw new UsageError(`--${name} knows ${known.join(", ")}, not "${word}".`);
  return found;
}

/** Throws UsageError with the nearest known name for what it does not know. */
export function parseArguments(words: readonly string[], command: CommandLineShape): Invocation {
  const { tokens } = parseArgs({
    args: [...words],
    options: toParseOptions(command.options),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values = new Map<string, string | true>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind === "option") addOption(values, token, command.options);
  }
  checkPositionals(positionals, command);
  return new Invocation(values, positionals);
}

function toParseOptions(options: CommandLineShape["options"]): Record<string, { type: "string" | "boolean" }> {
  return Object.fromEntries(
    Object.entries(options).map(([name, { kind }]) => [name, { type: kind === "flag" ? "boolean" : "string" }]),
  );
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function addOption(values: Map<string, string | true>, token: OptionToken, options: CommandLineShape["options"]): void {
  const spec = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
  if (spec === undefined) throw unknownOption(token.rawName, token.name, options);
  if (values.has(token.name)) throw new UsageError(`--${token.name} is given twice.`);
  values.set(token.name, optionValue(token, spec));
}

function optionValue(token: OptionToken, spec: OptionSpec): string | true {
  if (spec.kind === "flag") {
    if (token.value !== undefined) throw new UsageError(`--${token.name} takes no value.`);
    return true;
  }
  const isNextOption = token.inlineValue === false && token.value?.startsWith("--");
  if (token.value === undefined || isNextOption) {
    throw new UsageError(`--${token.name} needs a value: --${token.name} ${spec.value ?? "VALUE"}.`);
  }
  return token.value;
}

function unknownOption(rawName: string, name: string, options: CommandLineShape["options"]): UsageError {
  const suggestion = nearest(name, Object.keys(options));
  return new UsageError(
    `Unknown option ${rawName}.${suggestion === undefined ? "" : ` Did you mean --${suggestion}?`}`,
  );
}

function checkPositionals(given: readonly string[], { positionals }: CommandLineShape): void {
  const extra = given[positionals.length];
  if (extra !== undefined) throw new UsageError(`Unexpected argument "${extra}".`);
  const missing = positionals.find((spec, index) => spec.isRequired && given[index] === undefined);
  if (missing !== undefined) throw new UsageError(`${missing.name} is missing.`);
}
