import websocket from "@fastify/websocket";
import { SluiceError } from "@sluice/core/errors.ts";
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from "fastify";
import type { Principal } from "../../auth/index.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";
import { bearerTokenOf } from "../access.ts";
import { LiveHub } from "./live-hub.ts";
import { LiveSession } from "./live-session.ts";
import type { LiveReaders } from "./organization-feed.ts";
import type { OutboxLimits } from "./outbox.ts";

export const STREAM_PATH = "/api/v1/stream";

export interface LiveStreamLimits {
  /** Of one organization, in this process. */
  readonly maxPerOrganization: number;
  /** Connections that have not said yet who they are. */
  readonly maxUnknown: number;
  readonly outbox?: OutboxLimits;
}

export const LIVE_STREAM_LIMITS: LiveStreamLimits = { maxPerOrganization: 200, maxUnknown: 200 };

/** A subscription is some hundred bytes. */
const MAX_MESSAGE_BYTES = 16 * 1024;
/** A client that does not say goodbye within this is left behind. */
const GOODBYE_MS = 1_000;

export interface LiveStreamOptions {
  readonly readers: LiveReaders;
  readonly authenticate: (token: string) => Promise<Principal>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: LiveStreamLimits;
  /** How often whoever listens is given everything anew; `RENEW_MS` when absent. */
  readonly renewMs?: number;
}

/**
 * The live stream, a WebSocket at `/api/v1/stream` with a JSON object a message.
 *
 *   client → {"token": "…"}                 unless the header Authorization brought it; later again, to go on past its expiry
 *   client → {"subscribe": {"alerts": {"severity", "site", "region"}, "commands": {"actuator"}, "executions": {}}}
 *   server → {"seq": 1, "type": "ready"}
 *   server → {"seq": 2, "type": "snapshot", "alerts": […], "commands": […], "executions": […], "truncated": []}
 *   server → {"seq": 3, "type": "change", "kind": "alert", "id": "…", "item": {…}}    whole; null when it is not to be shown any more
 *   server → {"seq": 4, "type": "error", "code": "…", "detail": "…"}                  and closes
 *
 * `seq` counts a connection's messages. A change holds the thing as it is, so a repeated one is harmless; a snapshot may come
 * again at any time, and then stands for all that is open.
 */
export class LiveStream {
  readonly hub: LiveHub;
  private readonly options: LiveStreamOptions;
  private readonly limits: LiveStreamLimits;
  private readonly sessions = new Map<LiveSession, ClosingSocket>();
  /** Organization → its connections. */
  private readonly known = new Map<number, number>();
  private unknown = 0;

  constructor(options: LiveStreamOptions) {
    this.options = options;
    this.limits = options.limits ?? LIVE_STREAM_LIMITS;
    this.hub = new LiveHub(options);
  }

  /** Registers the route; closing the application closes every connection with "going away". */
  readonly routes: FastifyPluginAsync = async (scope: FastifyInstance) => {
    await scope.register(websocket, {
      options: { maxPayload: MAX_MESSAGE_BYTES },
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
    const { clock, authenticate } = this.options;
    let admittedTo: number | undefined;
    this.unknown++;
    const session = new LiveSession({
      socket,
      clock,
      hub: this.hub,
      token: bearerTokenOf(request),
      authenticate,
      admit: (organizationId) => {
        const count = this.known.get(organizationId) ?? 0;
        if (count >= this.limits.maxPerOrganization) return false;
        this.known.set(organizationId, count + 1);
        this.unknown--;
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
      if (admittedTo === undefined) this.unknown--;
      else this.release(admittedTo);
    });
    if (this.unknown > this.limits.maxUnknown)
      session.close("tooMany", "too many connections that did not say who they are");
    else session.start();
  }

  private release(organizationId: number): void {
    const count = this.known.get(organizationId)! - 1;
    if (count === 0) this.known.delete(organizationId);
    else this.known.set(organizationId, count);
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
    await this.hub.stop();
  }
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
