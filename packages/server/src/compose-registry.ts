import { randomBytes } from "node:crypto";
import { SluiceError } from "@sluice/core/errors.ts";
import { solutions } from "@sluice/solutions/registry.ts";
import type { Pool } from "pg";
import { createActuatorsForDevice, lockRunningDevices } from "./actuation/index.ts";
import {
  type Accounts,
  type Administrator,
  bootstrapAdministrator,
  prepareAccounts,
  recordAuditEvent,
  recordAuditEvents,
} from "./auth/index.ts";
import { createDefaultRules, createDefaultSchedules, type RuleIndex } from "./automation/index.ts";
import type { Config } from "./config.ts";
import { installOrganization, type PostgresDeviceDirectory, type Registry, type Sender } from "./devices/index.ts";
import type { Clock } from "./platform/clock.ts";
import { adoptSolutions } from "./solutions/index.ts";

/** The first organization and, at the first start, the first account. */
export async function prepareInstallation(
  accounts: Accounts,
  { administrator }: Config,
): Promise<Administrator | undefined> {
  const systemTimeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const { id: organizationId } = await installOrganization(accounts.pool, systemTimeZone);
  await adoptSolutions(accounts.pool, solutions);
  await prepareAccounts(accounts);
  return bootstrapAdministrator(accounts, { organizationId, ...administrator });
}

/** Registering a device brings what its profile declares, in one transaction. */
export function composeRegistry(pool: Pool, rules: RuleIndex, clock: Clock): Registry {
  return {
    pool,
    randomBytes,
    clock,
    onDeviceRegistered: async (client, device, profile) => {
      const actuatorIds = await createActuatorsForDevice(client, device, profile.actuators);
      await createDefaultRules(client, device, profile.rules, actuatorIds);
      await createDefaultSchedules(client, device, profile.schedules, actuatorIds);
    },
    afterDeviceRegistered: (deviceId) => rules.refresh(deviceId),
    lockRunningDevices,
    recordChange: recordAuditEvent,
    recordChanges: recordAuditEvents,
  };
}

/** Devices come with tokens of their own, programs with those of API clients; people do not send readings. */
export async function authenticateSender(
  token: string,
  accounts: Accounts,
  directory: PostgresDeviceDirectory,
): Promise<Sender | undefined> {
  if (!token.startsWith("slc_") && !isAccessToken(token)) return directory.senderByToken(token);
  const principal = await accounts.authenticator.authenticate(token).catch((error) => {
    if (error instanceof SluiceError && error.kind === "unauthenticated") return undefined;
    throw error;
  });
  if (principal?.kind === "user") throw personSends();
  return principal;
}

function personSends(): SluiceError {
  const message =
    "This is a person's token, and people do not send readings: use the device's own token, or that of an API client with the scope ingest.";
  return new SluiceError("forbidden", "auth.person_sends", message);
}

/** A device's token has no dots; a signed one has three parts. */
function isAccessToken(token: string): boolean {
  return token.split(".", 4).length === 3;
}
