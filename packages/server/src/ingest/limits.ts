/** Everything that ingest bounds, with what happens at the bound. */
export interface IngestLimits {
  /** Bytes of a request's body, as sent and once inflated; a larger one is refused with 413. */
  readonly maxBodyBytes: number;
  /** Bytes of all bodies in memory at once; past it requests are refused with 503 until others are done. */
  readonly maxBodiesBytes: number;
  /** A body that takes longer to arrive is given up with 408. */
  readonly bodyTimeoutMs: number;
  /** Messages in one request; more are refused with 413 and nothing of the request is stored. */
  readonly maxMessagesPerRequest: number;

  /** HTTP requests of one address with tokens that open nothing, in the long run and at once: past it unknown ones get 429. */
  readonly refusedTokensPerSecond: number;
  readonly refusedTokensBurst: number;

  /** MQTT connections; the next one is not accepted. */
  readonly maxConnections: number;
  /** MQTT connections of one device; the oldest goes when another one comes. */
  readonly maxConnectionsPerDevice: number;
  /** An MQTT connection that has not said CONNECT by then is closed. */
  readonly connectTimeoutMs: number;
  /** Bytes of an MQTT packet; the connection that sends a larger one is closed. */
  readonly maxPacketBytes: number;
  /** Messages in one MQTT publish; one with more is set aside. */
  readonly maxMessagesPerPublish: number;
  /** Messages, and their bytes, that one MQTT client may have unacknowledged: past either its socket is not read. */
  readonly maxUnacknowledged: number;
  readonly maxUnacknowledgedBytes: number;
  /** Bytes that all MQTT clients together may have unacknowledged: past it no client with telemetry waiting is read. */
  readonly maxHeldBytes: number;
  /** Evidence, hellos and attributes of one MQTT client that wait for their commit: past it its socket is not read. */
  readonly maxPendingControls: number;
  /** Bytes read from one socket before the next one has its turn. */
  readonly readQuantumBytes: number;
  /** The same while `maxHeldBytes` is passed: enough for pings and evidence, little for telemetry. */
  readonly readQuantumWhenFullBytes: number;
  /** Bytes read from all sockets in one turn of the event loop. */
  readonly readBudgetBytes: number;
  /** Messages taken from one client before the next one has its turn. */
  readonly gatherQuantum: number;
  /** Messages, and their bytes, gathered from all clients into one batch. */
  readonly maxGatheredMessages: number;
  readonly maxGatheredBytes: number;
  /** Refused messages whose row is not committed yet: past it those of QoS 0 are only counted. */
  readonly maxPendingRejections: number;
  /** Bytes waiting to be written to one client: past it its socket is not read, and commands for it are refused. */
  readonly maxOutgoingBytes: number;
  /** How long a client may leave what was written to it unread. */
  readonly drainTimeoutMs: number;
  /** How long stopping waits for what is being committed. */
  readonly stopGraceMs: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

export const INGEST_LIMITS: IngestLimits = {
  maxBodyBytes: 10 * MIB,
  maxBodiesBytes: 128 * MIB,
  bodyTimeoutMs: 60_000,
  maxMessagesPerRequest: 50_000,
  refusedTokensPerSecond: 20,
  refusedTokensBurst: 100,

  maxConnections: 200_000,
  maxConnectionsPerDevice: 8,
  connectTimeoutMs: 10_000,
  maxPacketBytes: 256 * KIB,
  maxMessagesPerPublish: 10_000,
  maxUnacknowledged: 2_048,
  maxUnacknowledgedBytes: 2 * MIB,
  maxHeldBytes: 64 * MIB,
  maxPendingControls: 64,
  readQuantumBytes: 16 * KIB,
  readQuantumWhenFullBytes: 1 * KIB,
  readBudgetBytes: 512 * KIB,
  gatherQuantum: 256,
  maxGatheredMessages: 4_096,
  maxGatheredBytes: 1 * MIB,
  maxPendingRejections: 1_000,
  maxOutgoingBytes: 256 * KIB,
  drainTimeoutMs: 30_000,
  stopGraceMs: 5_000,
};
