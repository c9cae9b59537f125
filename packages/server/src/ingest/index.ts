import type { FastifyPluginAsync } from "fastify";
import { type DeviceDirectory, type DeviceEntry, GATEWAY_PROFILE_KEY, type Sender } from "../devices/index.ts";
import type { ReadingLog, RejectedRow } from "../pipeline/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { DeviceSessionListener, MqttPublisher } from "../platform/mqtt-publisher.ts";
import { TokenBuckets } from "../platform/token-buckets.ts";
import { type IngestCounters, newCounters } from "./counters.ts";
import { refusedTokens } from "./http/http-ingest.ts";
import { httpRoutes } from "./http/http-routes.ts";
import { BodyReader } from "./http/read-body.ts";
import { TakeReadings } from "./http/take-readings.ts";
import { INGEST_LIMITS, type IngestLimits } from "./limits.ts";
import { MqttGateway } from "./mqtt/mqtt-gateway.ts";
import type { MqttListenOptions, MqttPorts } from "./mqtt/mqtt-listeners.ts";
import { StampClock } from "./stamp-clock.ts";

export type { IngestCounters } from "./counters.ts";
export { INGEST_LIMITS, type IngestLimits } from "./limits.ts";
export type { MqttListenOptions, MqttPorts } from "./mqtt/mqtt-listeners.ts";

export interface IngestDeps {
  readonly directory: DeviceDirectory;
  /** A device's or an API client's token → who sends; undefined when it is neither's. Rejects when that cannot be said. */
  readonly authenticate: (token: string) => Promise<Sender | undefined>;
  /** Whether the token was good when it came last, as far as that is remembered; none is unless set. */
  readonly isKnown?: (token: string) => boolean;
  readonly log: ReadingLog;
  /** Sets messages aside that can never be stored; resolves once that is committed. */
  readonly recordRejected: (rows: readonly RejectedRow[]) => Promise<void>;
  /** Keeps what a device says of itself; resolves once it is committed. */
  readonly recordAttributes: (deviceId: number, attributes: Readonly<Record<string, unknown>>) => Promise<void>;
  /** All that is known of a device in properties, its own words among them. */
  readonly readAttributes: (deviceId: number) => Promise<Readonly<Record<string, unknown>>>;
  readonly sessions: DeviceSessionListener;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whether a device may speak for others of its organization over `v1/gateway/*`; those of the profile `gateway` unless set. */
  readonly isGateway?: (device: DeviceEntry) => boolean;
  readonly limits?: Partial<IngestLimits>;
}

export interface Ingest {
  /** All HTTP endpoints that take readings; errors of the JSON ones reach the application's error handler. */
  readonly httpRoutes: FastifyPluginAsync;
  readonly mqtt: {
    start(options: MqttListenOptions): Promise<MqttPorts>;
    stop(): Promise<void>;
    /** After a change of a device: ends its sessions whose credentials open it no more. */
    recheckDevice(deviceId: number): Promise<void>;
    /** The same of all devices, after changes may have been missed. */
    recheckAll(): Promise<void>;
  };
  readonly publisher: MqttPublisher;
  counters(): Readonly<IngestCounters>;
}

/** Everything through which readings come in. Times, rates and counts are shared by HTTP and MQTT. */
export function createIngest(deps: IngestDeps): Ingest {
  const limits = { ...INGEST_LIMITS, ...deps.limits };
  const counters = newCounters();
  const shared = { ...deps, limits, counters, stamps: new StampClock(deps.clock), buckets: new TokenBuckets() };
  const gateway = new MqttGateway({ ...shared, isGateway: deps.isGateway ?? isGatewayByProfile });
  const bodies = new BodyReader(limits, deps.clock);
  const readings = new TakeReadings(shared);
  return {
    httpRoutes: httpRoutes({ ...deps, readings, bodies, refused: refusedTokens(limits, deps.clock) }),
    mqtt: {
      start: (options) => gateway.start(options),
      stop: () => gateway.stop(),
      recheckDevice: (deviceId) => gateway.recheckDevice(deviceId),
      recheckAll: () => gateway.recheckAll(),
    },
    publisher: gateway.publisher,
    counters: () => ({ ...counters }),
  };
}

function isGatewayByProfile({ profile }: DeviceEntry): boolean {
  return profile.key === GATEWAY_PROFILE_KEY;
}
