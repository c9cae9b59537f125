import websocket from "@fastify/websocket";
import { SluiceError } from "@sluice/core/errors.ts";
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from "fastify";
import type { Pool } from "pg";
import type { Principal } from "../../auth/index.ts";
import type { PostgresDeviceDirectory } from "../../devices/index.ts";
import { placeOf } from "../../platform/address-place.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";
import type { LatestValues, TelemetryReader } from "../../telemetry/index.ts";
import { bearerTokenOf } from "../access.ts";
import { createFindDevices } from "./find-devices.ts";
import { LiveEvents } from "./live-events.ts";
import { LiveHub } from "./live-hub.ts";
import { LiveSession } from "./live-session.ts";
import type { LiveReaders } from "./organization-feed.ts";
import { type OutboxLimits, SendBudget } from "./outbox.ts";
import { ReadingsFeed } from "./readings-feed.ts";
import { RegistryVersions } from "./registry-versions.ts";
import type { FindDevices } from "./watched-readings.ts";

export const STREAM_PATH = "/api/v1/stream";

export interface LiveStreamLimits {
  /** Of one organization, in this process. */
  readonly maxPerOrganization: number;
  /** Of all organizations. */
  readonly maxKnown: number;
  /** Connections that have not said yet who they are. */
  readonly maxUnknown: number;
  /** Of those at one address (of an IPv6 network /64): one that is silent leaves the others their places. */
  readonly maxUnknownOfAddress: number;
  readonly outbox?: OutboxLimits;
}

export const LIVE_STREAM_LIMITS: LiveStreamLimits = {
  maxPerOrganization: 2_000,
  maxKnown: 5_000,
  maxUnknown: 1_000,
  maxUnknownOfAddress: 250,
};

/** A subscription to 1,000 devices of ordinary uids; with longer ones it takes two. */
const MAX_MESSAGE_BYTES = 64 * 1024;
/** A client that does not say goodbye within this is left behind. */
const GOODBYE_MS = 1_000;

export interface LiveStreamOptions {
  readonly readers: LiveReaders;
  readonly pool: Pool;
  readonly directory: Pick<PostgresDeviceDirectory, "resolve" | "resolveIds" | "watch">;
  readonly telemetry: Pick<TelemetryReader, "latestOf">;
  /** The memory of the process that stores the readings; undefined in one that does not, or not now. */
  readonly latestValues: () => LatestValues | undefined;
  readonly authenticate: (token: string) => Promise<Principal>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Another one in every process: by it a cursor is known to be of this one. */
  readonly streamId: string;
  readonly limits?: LiveStreamLimits;
  /** How often whoever listens is given everything anew; `RENEW_MS` when absent. */
  readonly renewMs?: number;
}

/**
 * The live stream, a WebSocket at `/api/v1/stream` with a JSON object a message; docs/guides/live-stream.md has them all.
 *
 *   client → {"token": "…"}                 unless the header Authorization brought it; later again, to go on past its expiry
 *   client → {"subscribe": {"alerts": {"severity", "site", "region"}, "commands": {"actuator"}, "executions": {},
 *             "readings": {"devices": […]} | {"site"}}, "id": "a name", "resume": "a cursor"}
 *   client → {"unsubscribe": "a name"}
 *   server → {"seq": 1, "type": "ready"}
 *   server → {"seq": 2, "cursor": "…", "type": "snapshot", "alerts": […], "commands": […], "executions": […], "truncated": []}
 *   server → {"seq": 3, "type": "change", "kind": "alert", "id": "…", "item": {…}}    whole; null when it is not to be shown any more
 *   server → {"seq": 4, "type": "readings", "snapshot": true, "items": [{"device", "ts", "values", "invalid"}]}
 *   server → {"seq": 5, "type": "error", "code": "…", "detail": "…"}                  and closes
 *
 * `seq` counts a connection's messages. A change holds the thing as it is, so a repeated one is harmless; a snapshot may come
 * again at any time, and then stands for all that is open.
 */
export class LiveStream {
  readonly hub: LiveHub;
  readonly readings: ReadingsFeed;
  /** The same for others in this process. */
  readonly events: LiveEvents;
  private readonly options: LiveStreamOptions;
  private readonly findDevices: FindDevices;
  private readonly budget = new SendBudget();
  private readonly registry: RegistryVersions;
  private readonly limits: LiveStreamLimits;
  private readonly sessions = new Map<LiveSession, ClosingSocket>();
  /** Organization → its connections. */
  private readonly known = new Map<number, number>();
  private unknown = 0;
  private readonly unknownAt = new Map<string, number>();

  constructor(options: LiveStreamOptions) {
    this.options = options;
    this.limits = options.limits ?? LIVE_STREAM_LIMITS;
    this.hub = new LiveHub(options);
    this.readings = new ReadingsFeed(options);
    const { hub, readings } = this;
    this.events = new LiveEvents({ hub, readings, directory: options.directory });
    this.registry = new RegistryVersions(options.directory);
    this.findDevices = createFindDevices(options.pool, options.directory);
  }

  /** Open now, with those that have not said yet who they are. */
  get connections(): number {
    return this.sessions.size;
  }

  /** Registers the route; closing the application closes every connection with "going away". */
  readonly routes: FastifyPluginAsync = async (scope: FastifyInstance) => {
    const unwatch = this.options.directory.watch(this.registry.onEvent);
    scope.addHook("onClose", async () => unwatch());
    await scope.register(websocket, {
      // Compressing costs a context of some hundred kB a connection, and the time of the loop that stores readings.
      options: { maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false },
      errorHandler: (_error, socket) => socket.terminate(),
      preClose: () => this.close(),
    });
    scope.route({
      method: "GET",
      url: STREAM_PATH,
      exposeHeadRoute: false,
      config: { access: "own" },
      handler: () => {
        throw new SluiceError("invalid", "stream.upgrade_required", "Connect here with a WebSocket (ws:// or wss://).");
      },
      wsHandler: (socket, request) => this.accept(socket, request),
    });
  };

  private accept(socket: AcceptedSocket, request: FastifyRequest): void {
    const { clock, authenticate, streamId } = this.options;
    let admittedTo: number | undefined;
    const place = placeOf(request.ip);
    this.unknown++;
    add(this.unknownAt, place, 1);
    const session = new LiveSession({
      socket,
      clock,
      hub: this.hub,
      readings: this.readings,
      findDevices: this.findDevices,
      registryVersion: (organizationId) => this.registry.of(organizationId),
      streamId,
      budget: this.budget,
      token: bearerTokenOf(request),
      authenticate,
      admit: (organizationId) => {
        const count = this.known.get(organizationId) ?? 0;
        const isFull = this.sessions.size - this.unknown >= this.limits.maxKnown;
        if (isFull || count >= this.limits.maxPerOrganization) return false;
        add(this.known, organizationId, 1);
        this.unknown--;
        add(this.unknownAt, place, -1);
        admittedTo = organizationId;
        return true;
      },
      outboxLimits: this.limits.outbox,
    });
    this.sessions.set(session, socket);
    socket.on("message", (data) => session.onMessage(String(data)));
    socket.on("pong", () => session.onPong());
    socket.on("close", () => {
      session.onClosed();
      this.sessions.delete(session);
      if (admittedTo !== undefined) return add(this.known, admittedTo, -1);
      this.unknown--;
      add(this.unknownAt, place, -1);
    });
    const isCrowded = this.unknownAt.get(place)! > this.limits.maxUnknownOfAddress;
    if (isCrowded || this.unknown > this.limits.maxUnknown)
      session.close("tooMany", "too many connections that did not say who they are");
    else session.start();
  }

  private async close(): Promise<void> {
    const sockets = [...this.sessions.values()];
    const goodbyes = sockets.map((socket) => new Promise<void>((resolve) => socket.once("close", () => resolve())));
    for (const session of this.sessions.keys()) session.close("goingAway", "the server stops");
    let cancel = () => {};
    const limit = new Promise<void>((resolve) => {
      cancel = this.options.clock.after(GOODBYE_MS, () => resolve());
    });
    await Promise.race([Promise.all(goodbyes), limit]);
    cancel();
    for (const socket of sockets) socket.terminate();
    await Promise.all([this.hub.stop(), this.readings.stop()]);
  }
}

function add<Key>(counts: Map<Key, number>, key: Key, change: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + change;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}

interface ClosingSocket {
  once(event: "close", listener: () => void): unknown;
  terminate(): void;
}

interface AcceptedSocket extends ClosingSocket {
  readonly bufferedAmount: number;
  send(text: string, onWritten: (error?: Error) => void): void;
  close(code: number, reason: string): void;
  ping(): void;
  on(event: "message", listener: (data: unknown) => void): unknown;
  on(event: "pong" | "close", listener: () => void): unknown;
}
