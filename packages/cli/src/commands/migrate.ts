import { readConfig } from "@sluice/server/config.ts";
import { type MigrationReport, migrate } from "@sluice/server/platform/migrator.ts";
import type { Command, Io } from "../command.ts";
import { reachDatabase } from "../database.ts";
import type { Invocation } from "../parse-arguments.ts";
import { EXIT_DONE } from "../print-error.ts";

export const command: Command = {
  summary: "bring the database's schema up to date",
  positionals: [],
  options: { json: { kind: "flag", help: "print the result as JSON" } },
  run: runMigrate,
};

async function runMigrate(invocation: Invocation, io: Io): Promise<number> {
  const database = await reachDatabase(readConfig());
  try {
    const report = await migrate({ connectionString: database.connectionString });
    io.out.write(invocation.flag("json") ? `${JSON.stringify(report)}\n` : describe(report));
    return EXIT_DONE;
  } finally {
    await database.release();
  }
}

function describe({ applied, version }: MigrationReport): string {
  if (applied.length === 0) return `The schema is up to date (version ${version}).\n`;
  return `${applied.map((name) => `Applied ${name}\n`).join("")}The schema is at version ${version}.\n`;
}
