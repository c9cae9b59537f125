import { type Io, UsageError } from "./command.ts";
import { COMMANDS, type CommandEntry } from "./command-table.ts";
import { commandHelp, overviewHelp } from "./help.ts";
import { nearest } from "./nearest.ts";
import { parseArguments } from "./parse-arguments.ts";
import { EXIT_DONE, printError } from "./print-error.ts";
import { readVersion } from "./version.ts";

/** Runs one command line (without the program's own name) and answers its exit code. */
export async function runCommandLine(words: readonly string[], io: Io): Promise<number> {
  let entry: CommandEntry | undefined;
  try {
    if (words.length === 0 || isHelp(words[0]!)) return printOverview(io, COMMANDS);
    if (words[0] === "--version") return printVersion(io);
    entry = findCommand(words);
    if (entry !== undefined) return await runCommand(entry, words.slice(wordCount(entry)), io);
    const group = COMMANDS.filter(({ name }) => name.startsWith(`${words[0]} `));
    if (group.length > 0 && isHelp(words[1] ?? "--help")) return printOverview(io, group);
    throw unknownCommand(words, group);
  } catch (error) {
    return printError(error, entry?.name, io.err);
  }
}

async function runCommand(entry: CommandEntry, words: readonly string[], io: Io): Promise<number> {
  const { command } = await entry.load();
  if (words.some(isHelp)) {
    io.out.write(commandHelp(entry.name, command));
    return EXIT_DONE;
  }
  return command.run(parseArguments(words, command), io);
}

function printOverview(io: Io, entries: readonly CommandEntry[]): number {
  io.out.write(overviewHelp(entries));
  return EXIT_DONE;
}

function printVersion(io: Io): number {
  io.out.write(`sluice ${readVersion()}\n`);
  return EXIT_DONE;
}

function findCommand(words: readonly string[]): CommandEntry | undefined {
  return COMMANDS.find((entry) => words.slice(0, wordCount(entry)).join(" ") === entry.name);
}

function wordCount({ name }: CommandEntry): number {
  return name.split(" ").length;
}

function isHelp(word: string): boolean {
  return word === "--help" || word === "-h";
}

function unknownCommand(words: readonly string[], group: readonly CommandEntry[]): UsageError {
  const said = group.length > 0 ? words.slice(0, 2).join(" ") : words[0]!;
  const known = group.length > 0 ? group : COMMANDS;
  const suggestion = nearest(said, [...new Set(known.flatMap(({ name }) => [name, name.split(" ")[0]!]))]);
  return new UsageError(
    `Unknown command "${said}".${suggestion === undefined ? "" : ` Did you mean "${suggestion}"?`}`,
  );
}
