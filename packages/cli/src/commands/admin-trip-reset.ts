import { randomUUID } from "node:crypto";
import { SluiceError } from "@sluice/core/errors.ts";
import {
  type Actuation,
  createPostgresActuationStore,
  listActuators,
  RequestBatches,
  type Requester,
  resetTrip,
} from "@sluice/server/actuation/index.ts";
import { recordAuditEvent } from "@sluice/server/auth/index.ts";
import { createFollowUp } from "@sluice/server/automation/index.ts";
import type { Pool } from "pg";
import { withAccounts } from "../admin/with-accounts.ts";
import type { Command, Io } from "../command.ts";
import type { Invocation } from "../parse-arguments.ts";
import { EXIT_DONE } from "../print-error.ts";

export const command: Command = {
  summary: "reset a tripped actuator; nothing starts by that",
  positionals: [],
  options: {
    device: { kind: "text", value: "UID", help: "whose actuator (needed)" },
    actuator: { kind: "text", value: "KEY", help: "which one, such as pump (needed)" },
    reason: { kind: "text", value: "TEXT", help: "why, for the audit" },
    json: { kind: "flag", help: "print the result as JSON" },
  },
  examples: ["sluice admin trip-reset --device zone-4 --actuator pump --reason 'tank filled'"],
  run: runTripReset,
};

async function runTripReset(invocation: Invocation, io: Io): Promise<number> {
  const device = invocation.requiredText("device");
  const key = invocation.requiredText("actuator");
  const reason = invocation.text("reason");
  const reset = await withAccounts(({ pool }, by) => resetNamed(pool, by, { device, key, reason }));
  if (invocation.flag("json")) io.out.write(`${JSON.stringify(reset)}\n`);
  else io.out.write(`${key} of ${device} had tripped (${reset.cause}) and is reset. Nothing starts by that.\n`);
  return EXIT_DONE;
}

interface NamedReset {
  /** Uid. */
  readonly device: string;
  readonly key: string;
  readonly reason: string | undefined;
}

async function resetNamed(pool: Pool, by: Requester, { device, key, reason }: NamedReset) {
  const actuators = await listActuators(pool, by.organizationId, device);
  const actuator = actuators.find((candidate) => candidate.key === key);
  if (actuator === undefined) {
    const keys = actuators.map((candidate) => candidate.key).join(", ");
    const mend = keys === "" ? "It has no actuators." : `It has ${keys}.`;
    const message = `The device ${device} has no actuator "${key}".`;
    throw new SluiceError("not-found", "actuator.unknown", message, { details: { mend } });
  }
  const { id } = await resetTrip(actuationOver(pool), by, { actuatorId: actuator.id, reason });
  return { device, actuator: key, cause: actuator.trip?.cause ?? null, command: id };
}

/** Beside the server: its gateway hears of what is queued by the database, and this process has no devices. */
function actuationOver(pool: Pool): Actuation {
  const store = createPostgresActuationStore(pool);
  return {
    store,
    urgentStore: store,
    newId: randomUUID,
    sendStopNow: async () => false,
    onQueued: () => {},
    onExecutionDue: () => {},
    requests: new RequestBatches(),
    readPermissives: async () => [],
    recordChange: recordAuditEvent,
    followUp: createFollowUp(randomUUID),
  };
}
