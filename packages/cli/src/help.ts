import type { Command, OptionSpec } from "./command.ts";
import type { CommandEntry } from "./command-table.ts";

const HELP_OPTION: OptionSpec = { kind: "flag", help: "show this help" };

export function overviewHelp(entries: readonly CommandEntry[]): string {
  return [
    "sluice: takes readings from devices, keeps them, watches them and acts on the world safely.",
    "",
    "Usage: sluice COMMAND [OPTIONS]",
    "",
    ...table(entries.map(({ name, summary }) => [name, summary])),
    "",
    "sluice COMMAND --help tells the rest. Settings come from the environment (SLUICE_…) and from .env.",
    "",
  ].join("\n");
}

export function commandHelp(name: string, command: Command): string {
  const options = [...Object.entries(command.options), ["help", HELP_OPTION] as const];
  const examples = command.examples ?? [];
  return [
    `sluice ${name}: ${command.summary}`,
    "",
    `Usage: ${["sluice", name, ...command.positionals.map(positionalUsage), "[OPTIONS]"].join(" ")}`,
    "",
    ...table(options.map(([option, spec]) => [optionUsage(option, spec), spec.help])),
    ...(examples.length === 0 ? [] : ["", "For example:", ...examples.map((example) => `  ${example}`)]),
    "",
  ].join("\n");
}

function positionalUsage({ name, isRequired }: Command["positionals"][number]): string {
  return isRequired ? name : `[${name}]`;
}

function optionUsage(name: string, spec: OptionSpec): string {
  return spec.kind === "flag" ? `--${name}` : `--${name} ${spec.value ?? "VALUE"}`;
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
