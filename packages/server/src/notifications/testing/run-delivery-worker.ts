// A process that delivers until it is killed: `node run-delivery-worker.ts DATABASE_URL SECRET`.
import { randomBytes, randomUUID } from "node:crypto";
import { systemClock } from "../../platform/clock.ts";
import { createLogger } from "../../platform/logger.ts";
import { createPool } from "../../platform/postgres.ts";
import { createSealer } from "../../platform/secret.ts";
import { DeliveryWorker } from "../delivery-worker.ts";
import { createSenders } from "../senders/create-senders.ts";

const [url, secret] = process.argv.slice(2);
const settings = { allowPrivate: "any", email: undefined, sms: undefined } as const;
new DeliveryWorker({
  ...settings,
  pool: createPool({ connectionString: url!, name: "killed", max: 2, statementTimeoutMs: 10_000 }),
  clock: systemClock,
  logger: createLogger("silent"),
  sealer: createSealer(secret!),
  randomBytes,
  random: Math.random,
  newId: randomUUID,
  senders: createSenders(settings, systemClock),
  isAcknowledged: async () => false,
  recordChange: async () => {},
}).start();
