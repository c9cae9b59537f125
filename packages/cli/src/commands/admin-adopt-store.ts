import { randomUUID } from "node:crypto";
import { SluiceError } from "@sluice/core/errors.ts";
import { readConfig } from "@sluice/server/config.ts";
import { systemClock } from "@sluice/server/platform/clock.ts";
import { peekPlace } from "@sluice/server/platform/embedded-postgres/place.ts";
import { openObjectStore } from "@sluice/server/platform/object-store/open-object-store.ts";
import { connectClient } from "@sluice/server/platform/postgres.ts";
import { adoptObjectStore } from "@sluice/server/telemetry/index.ts";
import type { Command, Io } from "../command.ts";
import { reachDatabase } from "../database.ts";
import type { Invocation } from "../parse-arguments.ts";
import { EXIT_DONE } from "../print-error.ts";

export const command: Command = {
  summary: "have this database go on with the object store of its original, or of a copy of it",
  positionals: [],
  options: { json: { kind: "flag", help: "print the result as JSON" } },
  examples: ["sluice admin adopt-store"],
  run: runAdoptStore,
};

async function runAdoptStore(invocation: Invocation, io: Io): Promise<number> {
  const config = readConfig();
  if (config.databaseUrl === undefined && peekPlace(config.home) === undefined) throw nothingThere(config.home);
  const database = await reachDatabase(config);
  try {
    const client = await connectClient(database.connectionString, "adopt-store");
    try {
      await adoptObjectStore(client, await openObjectStore(config.objectStore, systemClock), randomUUID);
    } finally {
      await client.end();
    }
  } finally {
    await database.release();
  }
  if (invocation.flag("json")) io.out.write(`${JSON.stringify({ adopted: true })}\n`);
  else io.out.write(`${DONE}\n`);
  return EXIT_DONE;
}

const DONE =
  "The object store is this database's now. Any other that worked on it is refused from here on; its files go on from this one.";

function nothingThere(home: string): SluiceError {
  const message = `There is no database in ${home}: set SLUICE_HOME to the home that is to go on with the store.`;
  return new SluiceError("not-found", "adopt.nothing", message);
}
