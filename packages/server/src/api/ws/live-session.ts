import { isSluiceError, SluiceError } from "@sluice/core/errors.ts";
import { mayDo, type Principal } from "../../auth/index.ts";
import type { Clock } from "../../platform/clock.ts";
import type { LiveKind } from "../../platform/live-notice.ts";
import { assertMay } from "../access.ts";
import { problemOf } from "../error-mapping.ts";
import { CLOSE_CODES, type CloseReason, closeCodeOf, cut } from "./close-codes.ts";
import type { LiveHub } from "./live-hub.ts";
import type { LiveChange, LiveSubscriber, Resumption, Snapshot } from "./organization-feed.ts";
import { Outbox, type OutboxLimits, type OutgoingSocket, type SendBudget } from "./outbox.ts";
import type { ReadingsFeed } from "./readings-feed.ts";
import { SessionTimers } from "./session-timers.ts";
import { ShownItems } from "./shown-items.ts";
import { type ClientMessage, parseClientMessage, STREAM_PERMISSIONS } from "./subscription.ts";
import { DEFAULT_SUBSCRIPTION, Subscriptions } from "./subscriptions.ts";
import { type FindDevices, WatchedReadings } from "./watched-readings.ts";

/** A connection says who it is within this. */
export const TOKEN_WITHIN_MS = 5_000;
/** A token that has expired, or whose session has ended, is noticed within this; so is a device that is new at a site. */
export const RECHECK_MS = 5_000;
/** So often in a row that may fail, while the database is away; whoever cannot be checked for longer is sent away. */
export const MAX_FAILED_RECHECKS = 12;
/** Messages of a client that wait to be taken. */
export const MAX_QUEUED = 16;
/** Snapshots that a connection may ask for within a second; the next comes when that has passed. */
export const MAX_SNAPSHOTS_A_SECOND = 4;
/** Who does not answer one ping before the next is gone. */
export const PING_MS = 20_000;
/** Whoever takes nothing for so long, although something waits for it, is too slow; noticed within twice this. */
export const STALLED_MS = 15_000;
/** What a connection that is closed for being too slow may take to go. */
const GOODBYE_MS = 1_000;
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
  readonly readings: ReadingsFeed;
  readonly findDevices: FindDevices;
  /** Another one whenever a device of the organization has come, gone or moved. */
  readonly registryVersion: (organizationId: number) => Promise<string>;
  /** By which cursors of this process are known. */
  readonly streamId: string;
  /** Of the request's header, if it had one. */
  readonly token: string | undefined;
  readonly authenticate: (token: string) => Promise<Principal>;
  /** False when the organization has as many connections as it may; counts this one otherwise. */
  readonly admit: (organizationId: number) => boolean;
  readonly budget?: SendBudget | undefined;
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
  private readonly timers: SessionTimers;
  private readonly subscriptions = new Subscriptions();
  private readonly watched: WatchedReadings;
  private principal: Principal | undefined;
  private token: string | undefined;
  private readonly shown: ShownItems;
  private detach: (() => void) | undefined;
  private failedRechecks = 0;
  private isAlive = true;
  private isClosed = false;
  private work: Promise<void> = Promise.resolve();
  private queued = 0;
  private seenRegistry: string | undefined;
  /** A snapshot has been asked for and is not there yet: rounds that end meanwhile tell nothing of what the client knows. */
  private isBehind = true;
  /** The last change that the client knows of, until it has been given that snapshot. */
  private since: number | undefined;
  /** Within the present second. */
  private snapshots = 0;
  private isSnapshotDue = false;

  constructor(options: LiveSessionOptions) {
    this.options = options;
    const { socket, clock, streamId, readings, findDevices, budget } = options;
    const onOverflow = (reached: number | undefined) => this.requestSnapshot(reached);
    this.outbox = new Outbox({ socket, streamId, onOverflow, budget, limits: options.outboxLimits });
    this.shown = new ShownItems(this.subscriptions, this.outbox);
    this.timers = new SessionTimers(clock);
    this.watched = new WatchedReadings(readings, findDevices, (states) => this.outbox.putStates(states));
  }

  get organizationId(): number {
    return this.principal!.organizationId;
  }

  start(): void {
    const { token } = this.options;
    this.timers.every("ping", PING_MS, () => this.ping());
    let written = 0;
    this.timers.every("stall", STALLED_MS, () => {
      if (this.outbox.isWaiting && this.outbox.written === written) this.giveUp();
      written = this.outbox.written;
    });
    if (token !== undefined) this.queue(() => this.learn(token));
    else this.timers.after("token", TOKEN_WITHIN_MS, () => this.close("noToken", "no token came within 5 s"));
  }

  onMessage(text: string): void {
    if (this.queued >= MAX_QUEUED) {
      this.close("tooMany", "too many messages at once");
      return;
    }
    this.queue(() => this.obey(parseClientMessage(text)));
  }

  onPong(): void {
    this.isAlive = true;
  }

  /** The socket has closed, whoever wanted it. */
  onClosed(): void {
    this.isClosed = true;
    this.timers.stop();
    this.outbox.close();
    this.watched.close();
    this.detach?.();
  }

  close(why: CloseReason, reason: string): void {
    if (this.isClosed) return;
    this.onClosed();
    this.options.socket.close(CLOSE_CODES[why], cut(reason));
  }

  wantsKind(kind: LiveKind): boolean {
    return this.subscriptions.wantsKind(kind);
  }

  takeSnapshot(snapshot: Snapshot, resumption: Resumption): void {
    this.isBehind = false;
    this.since = undefined;
    this.shown.takeSnapshot(snapshot, resumption);
  }

  takeChange(change: LiveChange): void {
    this.shown.takeChange(change);
  }

  endRound(number: number): void {
    if (!this.isBehind) this.outbox.reach(number);
  }

  private async obey({ token, subscribe, unsubscribe, id, resume }: ClientMessage): Promise<void> {
    if (token !== undefined) await this.learn(token);
    if (this.isClosed || (subscribe ?? unsubscribe) === undefined) return;
    if (this.principal === undefined) {
      throw new SluiceError("unauthenticated", "auth.token_missing", 'Say {"token": "…"} first.');
    }
    const hadReadings = this.subscriptions.wantsReadings;
    if (subscribe !== undefined) this.subscriptions.set(id ?? DEFAULT_SUBSCRIPTION, subscribe);
    else this.subscriptions.delete(unsubscribe!);
    this.assertMaySee(this.principal);
    if (hadReadings || this.subscriptions.wantsReadings) await this.showReadings("always");
    if (this.isClosed) return;
    this.detach ??= this.options.hub.attach(this);
    const since = this.numberOf(resume);
    if (since !== undefined) this.outbox.begin(since);
    if (this.subscriptions.wantsAnyKind || !this.subscriptions.wantsReadings) this.requestSnapshot(since);
  }

  private assertMaySee(principal: Principal): void {
    const missing = this.subscriptions.missingFor(principal);
    if (missing !== undefined) assertMay(principal, missing);
  }

  private async showReadings(when: "always" | "when-other"): Promise<void> {
    const { states, isOther } = await this.watched.change(this.organizationId, this.subscriptions.readings());
    if (isOther || when === "always") this.outbox.putStatesSnapshot(states);
  }

  /** Of a cursor; one of another process, or of before a restart, tells nothing, and no change has a number below 0. */
  private numberOf(cursor: string | undefined): number | undefined {
    if (cursor === undefined) return undefined;
    const prefix = `${this.options.streamId}-`;
    const digits = cursor.startsWith(prefix) ? cursor.slice(prefix.length) : "";
    return /^\d{1,15}$/.test(digits) ? Number(digits) : -1;
  }

  /** A first token, or one that takes the place of the one before. */
  private async learn(token: string): Promise<void> {
    const { authenticate, admit } = this.options;
    const principal = await authenticate(token);
    if (this.isClosed) return;
    if (!STREAM_PERMISSIONS.some((permission) => mayDo(principal, permission))) {
      return this.close("forbidden", "the live stream is for those who may read");
    }
    const before = this.principal;
    if (before !== undefined && before.organizationId !== principal.organizationId) {
      return this.close("forbidden", "the new token is of another organization: connect anew");
    }
    this.assertMaySee(principal);
    if (before === undefined && !admit(principal.organizationId)) {
      return this.close("tooMany", "there are as many live streams as there may be");
    }
    this.principal = principal;
    this.token = token;
    this.timers.cancel("token");
    this.timers.after("recheck", RECHECK_MS, () => this.recheck());
    if (before === undefined) this.outbox.say({ type: "ready" });
  }

  private recheck(): void {
    this.queue(async () => {
      try {
        // Roles and scopes may have been taken away since.
        await this.learn(this.token!);
        if (!this.isClosed) await this.lookAtSites();
        this.failedRechecks = 0;
      } catch (error) {
        // A database that is away says nothing about the token.
        if (isSluiceError(error) && error.kind !== "unavailable" && error.kind !== "internal") throw error;
        if (++this.failedRechecks > MAX_FAILED_RECHECKS) throw error;
        this.timers.after("recheck", RECHECK_MS, () => this.recheck());
      }
    });
  }

  private async lookAtSites(): Promise<void> {
    if (!this.subscriptions.readings().some(({ site }) => site !== undefined)) return;
    const version = await this.options.registryVersion(this.organizationId);
    if (version !== this.seenRegistry) await this.showReadings("when-other");
    this.seenRegistry = version;
  }

  private requestSnapshot(since?: number): void {
    this.isBehind = true;
    this.since ??= since;
    if (this.snapshots >= MAX_SNAPSHOTS_A_SECOND) {
      this.isSnapshotDue = true;
      return;
    }
    if (this.snapshots++ === 0) this.timers.after("snapshots", 1_000, () => this.beginSecond());
    this.options.hub.requestSnapshot(this, this.since);
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

  private giveUp(): void {
    const { socket, clock } = this.options;
    this.close("tooSlow", "nothing was read for too long, although there was something to read");
    clock.after(GOODBYE_MS, () => socket.terminate());
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
    this.close(closeCodeOf(status), body.detail);
  }
}
