import { readFileSync } from "node:fs";
import type { Pool } from "pg";
import type { CommandGateway } from "./actuation/index.ts";
import type { Accounts } from "./auth/index.ts";
import { authenticateSender } from "./compose-registry.ts";
import type { Config } from "./config.ts";
import { type PostgresDeviceDirectory, readAttributes, recordAttributes } from "./devices/index.ts";
import { createIngest, type Ingest, type MqttListenOptions } from "./ingest/index.ts";
import type { Pipeline } from "./pipeline/index.ts";
import type { Clock } from "./platform/clock.ts";
import type { Logger } from "./platform/logger.ts";

export interface IngestParts {
  readonly accounts: Accounts;
  readonly directory: PostgresDeviceDirectory;
  readonly pipeline: Pipeline;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Undefined until there is one. */
  readonly gateway: () => CommandGateway | undefined;
}

/** What devices say goes into the pipeline, and what they say of commands to the gateway. */
export function composeIngest({ accounts, directory, pipeline, pool, clock, logger, gateway }: IngestParts): Ingest {
  return createIngest({
    directory,
    authenticate: (token) => authenticateSender(token, accounts, directory),
    isKnown: (token) => directory.knowsToken(token) || accounts.authenticator.knows(token),
    log: pipeline,
    recordRejected: (rows) => pipeline.recordRejected(rows),
    recordAttributes: (deviceId, attributes) => recordAttributes(pool, deviceId, attributes),
    readAttributes: (deviceId) => readAttributes(pool, deviceId),
    sessions: {
      onListening: (deviceId) => gateway()?.onListening(deviceId),
      onGone: (deviceId) => gateway()?.onGone(deviceId),
      onEvidence: async (deviceId, payload) => gateway()?.onEvidence(deviceId, payload),
      onHello: async (deviceId, payload) => gateway()?.onHello(deviceId, payload),
    },
    clock,
    logger,
  });
}

/** A changed device may have another token, or none: its sessions go on if what they came with still opens it. */
export function watchCredentials(directory: PostgresDeviceDirectory, { mqtt }: Ingest): () => void {
  return directory.watch((event) => {
    if (event.kind === "device") mqtt.recheckDevice(event.id);
    else if (event.kind === "gap") mqtt.recheckAll();
  });
}

export function mqttListeners({ host, mqttPort, mqtts }: Config): MqttListenOptions {
  if (mqtts === undefined) return { host, port: mqttPort };
  const { port, certificateFile, keyFile, authorityFile } = mqtts;
  const ca = authorityFile && readFileSync(authorityFile);
  return { host, port: mqttPort, tls: { port, cert: readFileSync(certificateFile), key: readFileSync(keyFile), ca } };
}
