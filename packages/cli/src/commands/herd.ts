import type { Command, Io } from "../command.ts";
import { untilInterrupted } from "../interrupted.ts";
import type { Invocation } from "../parse-arguments.ts";
import { EXIT_DONE, EXIT_FAILED } from "../print-error.ts";

/** Each is a connection of its own, at both ends. */
const READINGS = { min: 2, max: 5_000 };

export const command: Command = {
  summary:
    "a thousand low readings at once, for three ordinary controllers and for Sluice: how often does the pump start?",
  positionals: [],
  options: {
    readings: { kind: "number", value: "N", help: "readings at once (1000)" },
    json: { kind: "flag", help: "print one JSON object and nothing else" },
  },
  examples: ["sluice herd", "sluice herd --readings 200 --json"],
  run: herd,
};

async function herd(invocation: Invocation, io: Io): Promise<number> {
  const { isPromiseKept, runHerd } = await import("../herd/run-herd.ts");
  const { herdTable } = await import("../herd/herd-table.ts");
  const isJson = invocation.flag("json");
  const readings = invocation.integer("readings", READINGS) ?? 1_000;
  const say = (text: string) => {
    if (!isJson) io.err.write(`${text}\n`);
  };
  const interruption = io.interruption();
  const report = await untilInterrupted(interruption, () => runHerd({ readings, say, interruption }));
  io.out.write(isJson ? `${JSON.stringify(report)}\n` : `\n${herdTable(report)}`);
  return isPromiseKept(report) ? EXIT_DONE : EXIT_FAILED;
}
