import { isSluiceError, SluiceError } from "@sluice/core/errors.ts";
import { mayDo, type Principal } from "../../auth/index.ts";
import type { Clock } from "../../platform/clock.ts";
import type { LiveKind } from "../../platform/live-notice.ts";
import { problemOf } from "../error-mapping.ts";
import type { LiveHub } from "./live-hub.ts";
import type { LiveChange, LiveSubscriber, Snapshot } from "./organization-feed.ts";
import { Outbox, type OutboxLimits, type OutgoingSocket } from "./outbox.ts";
import { parseClientMessage, type Subscription, wants, wantsKind } from "./subscription.ts";

/** Why the server ends a connection; the numbers that a program may choose begin at 4000 (RFC 6455, section 7.4.2). */
export const CLOSE_CODES = {
  goingAway: 1001,
  badMessage: 4400,
  unauthenticated: 4401,
  forbidden: 4403,
  noToken: 4408,
  tooMany: 4429,
} as const;

/** A connection says who it is within this. */
export const TOKEN_WITHIN_MS = 5_000;
/** A token that has expired, or whose session has ended, is noticed within this. */
export const RECHECK_MS = 5_000;
/** Messages of a client that wait to be taken. */
export const MAX_QUEUED = 16;
/** Snapshots that a connection may ask for within a second; the next comes when that has passed. */
export const MAX_SNAPSHOTS_A_SECOND = 4;
/** Who does not answer one ping before the next is gone. */
export const PING_MS = 20_000;
/** RFC 6455, section 5.5: a close frame's reason has room for so many bytes. */
const MAX_REASON_BYTES = 123;

/** What of a WebSocket a session needs. */
export interface LiveSocket extends OutgoingSocket {
  close(code: number, reason: string): void;
  terminate(): void;
  ping(): void;
}

export interface LiveSessionOptions {
  readonly socket: LiveSocket;
  readonly clock: Clock;
  readonly hub: LiveHub;
  /** Of the request's header, if it had one. */
  readonly token: string | undefined;
  readonly authenticate: (token: string) => Promise<Principal>;
  /** False when the organization has as many connections as it may; counts this one otherwise. */
  readonly admit: (organizationId: number) => boolean;
  readonly outboxLimits?: OutboxLimits | undefined;
}

/**
 * One connection of the live stream.
 *
 *   unknown    → until a token has come, for 5 s at most
 *   known      → token checked again every few seconds; may subscribe
 *   subscribed → a snapshot, and then every change
 *   closed     → for ever; its timers and its place are given back
 *
 * Messages of the client are taken one after the other.
 */
export class LiveSession implements LiveSubscriber {
  private readonly options: LiveSessionOptions;
  private readonly outbox: Outbox;
  private principal: Principal | undefined;
  private token: string | undefined;
  private subscription: Subscription | undefined;
  /** What it was shown and is still open, by kind and id: when that is no longer to be shown, it is told so. */
  private readonly shown = new Set<string>();
  private detach: (() => void) | undefined;
  private readonly timers = new Map<string, () => void>();
  private isAlive = true;
  private isClosed = false;
  private work: Promise<void>;
  private queued = 0;
  /** Within the present second. */
  private snapshots = 0;
  private isSnapshotDue = false;

  constructor(options: LiveSessionOptions) {
    this.options = options;
    const { socket, outboxLimits } = options;
    const limits = outboxLimits === undefined ? {} : { limits: outboxLimits };
    this.outbox = new Outbox({ socket, onOverflow: () => this.requestSnapshot(), ...limits });
    this.work = Promise.resolve();
  }

  get organizationId(): number {
    return this.principal!.organizationId;
  }

  start(): void {
    const { token } = this.options;
    this.every("ping", PING_MS, () => this.ping());
    if (token !== undefined) this.queue(() => this.learn(token));
    else this.after("token", TOKEN_WITHIN_MS, () => this.close("noToken", "no token came within 5 s"));
  }

  onMessage(text: string): void {
    if (this.queued >= MAX_QUEUED) {
      this.close("tooMany", "too many messages at once");
      return;
    }
    this.queue(async () => {
      const { token, subscribe } = parseClientMessage(text);
      if (token !== undefined) await this.learn(token);
      if (subscribe !== undefined) this.subscribe(subscribe);
    });
  }

  onPong(): void {
    this.isAlive = true;
  }

  /** The socket has closed, whoever wanted it. */
  onClosed(): void {
    this.isClosed = true;
    for (const cancel of this.timers.values()) cancel();
    this.timers.clear();
    this.detach?.();
  }

  close(why: keyof typeof CLOSE_CODES, reason: string): void {
    if (this.isClosed) return;
    this.onClosed();
    this.options.socket.close(CLOSE_CODES[why], cut(reason));
  }

  wantsKind(kind: LiveKind): boolean {
    return this.subscription !== undefined && wantsKind(this.subscription, kind);
  }

  takeSnapshot({ items, truncated }: Snapshot): void {
    const { subscription } = this;
    if (subscription === undefined) return;
    this.shown.clear();
    const select = (kind: LiveKind) => {
      if (!wantsKind(subscription, kind)) return undefined;
      const selected = (items[kind] ?? []).filter((item) => wants(subscription, kind, item));
      for (const { id } of selected) this.shown.add(`${kind} ${id}`);
      return selected;
    };
    this.outbox.putSnapshot({
      type: "snapshot",
      alerts: select("alert"),
      commands: select("command"),
      executions: select("execution"),
      truncated: truncated.filter((kind) => wantsKind(subscription, kind)).map((kind) => `${kind}s`),
    });
  }

  takeChange({ kind, id, item, isOpen }: LiveChange): void {
    if (this.subscription === undefined || !this.wantsKind(kind)) return;
    const key = `${kind} ${id}`;
    if (item !== undefined && wants(this.subscription, kind, item)) {
      if (isOpen) this.shown.add(key);
      else this.shown.delete(key);
      this.outbox.putChange(key, { type: "change", kind, id, item });
    } else if (this.shown.delete(key)) {
      this.outbox.putChange(key, { type: "change", kind, id, item: null });
    }
  }

  /** A first token, or one that takes the place of the one before. */
  private async learn(token: string): Promise<void> {
    const { authenticate, admit } = this.options;
    const principal = await authenticate(token);
    if (this.isClosed) return;
    if (!mayDo(principal, "alerts:read")) return this.close("forbidden", "the live stream is for people who may read");
    const before = this.principal;
    if (before !== undefined && before.organizationId !== principal.organizationId) {
      return this.close("forbidden", "the new token is of another organization: connect anew");
    }
    if (before === undefined && !admit(principal.organizationId)) {
      return this.close("tooMany", "the organization has as many live streams as it may");
    }
    this.principal = principal;
    this.token = token;
    this.cancel("token");
    this.after("recheck", RECHECK_MS, () => this.recheck());
    if (before === undefined) this.outbox.say({ type: "ready" });
  }

  private recheck(): void {
    this.queue(async () => {
      // Roles and scopes may have been taken away since.
      await this.learn(this.token!).catch((error) => {
        // A database that is away says nothing about the token.
        if (isSluiceError(error) && error.kind === "unauthenticated") throw error;
        if (!this.isClosed) this.after("recheck", RECHECK_MS, () => this.recheck());
      });
    });
  }

  private subscribe(subscription: Subscription): void {
    if (this.principal === undefined) {
      throw new SluiceError("unauthenticated", "auth.token_missing", 'Say {"token": "…"} first.');
    }
    this.subscription = subscription;
    this.detach ??= this.options.hub.attach(this);
    this.requestSnapshot();
  }

  private requestSnapshot(): void {
    if (this.snapshots >= MAX_SNAPSHOTS_A_SECOND) {
      this.isSnapshotDue = true;
      return;
    }
    if (this.snapshots++ === 0) this.after("snapshots", 1_000, () => this.beginSecond());
    this.options.hub.requestSnapshot(this);
  }

  private beginSecond(): void {
    this.snapshots = 0;
    if (!this.isSnapshotDue) return;
    this.isSnapshotDue = false;
    this.requestSnapshot();
  }

  private ping(): void {
    const { socket } = this.options;
    if (this.isAlive) socket.ping();
    else socket.terminate();
    this.isAlive = false;
  }

  /** Errors are told, and end the connection: whoever made them is to connect anew. */
  private queue(task: () => Promise<void>): void {
    this.queued++;
    this.work = this.work.then(async () => {
      this.queued--;
      if (this.isClosed) return;
      try {
        await task();
      } catch (error) {
        this.fail(error);
      }
    });
  }

  private fail(error: unknown): void {
    const { status, body } = problemOf(error);
    this.outbox.say({ type: "error", code: body.code, detail: body.detail });
    const why = status === 401 ? "unauthenticated" : status === 403 ? "forbidden" : "badMessage";
    this.close(status >= 500 ? "goingAway" : why, body.detail);
  }

  private after(name: string, delayMs: number, callback: () => void): void {
    this.cancel(name);
    this.timers.set(name, this.options.clock.after(delayMs, callback));
  }

  private every(name: string, periodMs: number, callback: () => void): void {
    this.after(name, periodMs, () => {
      callback();
      if (!this.isClosed) this.every(name, periodMs, callback);
    });
  }

  private cancel(name: string): void {
    this.timers.get(name)?.();
    this.timers.delete(name);
  }
}

function cut(reason: string): string {
  const bytes = Buffer.from(reason);
  return bytes.length <= MAX_REASON_BYTES
    ? reason
    : bytes
        .subarray(0, MAX_REASON_BYTES - 3)
        .toString()
        .replace(/\uFFFD$/, "");
}
