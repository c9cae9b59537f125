import { RETRANSMIT_AFTER_MS } from "@sluice/core/safety/windows.ts";
import { parseEvidence } from "@sluice/protocol/commands/evidence-codec.ts";
import { encodeConfig, parseHello } from "@sluice/protocol/commands/hello-codec.ts";
import type { Logger } from "pino";
import type { Clock } from "../platform/clock.ts";
import type { DeviceSessionListener, MqttPublisher } from "../platform/mqtt-publisher.ts";
import type { Actuation } from "./actuation.ts";
import type { ClockJump } from "./actuation-store.ts";
import { ClockWatch } from "./clock-watch.ts";
import { parseCommandNotice } from "./command-notices.ts";
import { dispatchQueued, type Outgoing, takeUnanswered } from "./dispatch-commands.ts";
import { EvidenceBatches } from "./evidence-batches.ts";
import { recordHello } from "./record-hello.ts";
import { finishSiteStops } from "./site-stop.ts";
import { sweepDeadlines } from "./sweep-deadlines.ts";

/** Nudges make it fast; this makes it certain: at most this long after a lost nudge the queue is looked at. */
export const POLL_MS = 1_000;
/** Devices that one round takes; the next takes the rest. */
export const ROUND_LIMIT = 500;
/** A device is asked for its clock no more often than this. */
export const ASK_INTERVAL_MS = 2_000;
/** A device that answers its configuration with a hello, and cannot keep it, is sent it no more often than this. */
export const CONFIG_INTERVAL_MS = 10_000;

/** What is held at the device is in its hello; what is too late may have had a deadline from a sample that is wrong. */
const ASKED_AFTER: ReadonlySet<string | undefined> = new Set(["held", "expired"]);

/** A STOP waits this long for its socket before it is recorded beside. */
export const SEND_PATIENCE_MS = 250;

export interface CommandGatewayOptions {
  readonly actuation: Actuation;
  readonly publisher: MqttPublisher;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called once a start, when a later gateway has begun: who of the two is to go on is for others to settle. */
  readonly onSuperseded?: () => void;
}

/**
 * Where commands leave for the devices that hold their session here, and where evidence comes back.
 *
 *   idle    → nothing to do until a nudge, a session or the poll
 *   working → one round after the other, until nobody is waiting
 *
 * A round that fails is left to the next poll: whatever was committed is in the table, and nothing else counts.
 */
export class CommandGateway implements DeviceSessionListener {
  private readonly options: CommandGatewayOptions;
  /** Devices to look at; bounded by the sessions that this gateway holds. */
  private readonly waiting = new Set<number>();
  /** Devices whose session came or went since the last round. */
  private readonly changedSessions = new Set<number>();
  /** Devices that came, and those that said their first hello in a session: what they have not answered is sent again. */
  private readonly returned = new Set<number>();
  private readonly greetedNow = new Set<number>();
  /** Which session a device has now. */
  private readonly sessions = new Map<number, number>();
  private sessionCount = 0;
  /** Since its start, by which the database tells its sessions from those of others. */
  private epoch = 0;
  private isSuperseded = false;
  private readonly clockWatch: ClockWatch;
  /** What the next gateway would know of the jumps of the database's clock. */
  private keptJump: ClockJump | undefined;
  /** Devices that said hello in their present session. */
  private readonly greeted = new Set<number>();
  private readonly askedAtMs = new Map<number, number>();
  private readonly configuredAtMs = new Map<number, number>();
  private working: Promise<void> | undefined;
  private polling: Promise<void> | undefined;
  /** What stops of sites have left, since a poll. */
  private finishing: Promise<void> | undefined;
  private cancelPoll: () => void = () => {};
  private isRunning = false;
  private readonly evidence: EvidenceBatches;
  /** What sockets have not taken yet; each has its own limit of time below. */
  private readonly publishing = new Set<Promise<unknown>>();

  constructor(options: CommandGatewayOptions) {
    this.options = options;
    this.clockWatch = new ClockWatch(options.clock);
    this.evidence = new EvidenceBatches(options.actuation, options.logger);
  }

  /** Before the first session: until somebody connects, nobody is connected. */
  async start(): Promise<void> {
    // A gateway that takes over again is a new one: every device says hello to it before its first start.
    this.greeted.clear();
    const { store, urgentStore } = this.options.actuation;
    this.epoch = await store.beginSessions();
    this.keptJump = await store.keptClockJump();
    this.clockWatch.goOnWith(this.keptJump);
    // Whatever is said from here on, a jump after it is noticed.
    await this.clockWatch.look(() => urgentStore.readClock());
    this.isSuperseded = false;
    this.isRunning = true;
    this.work();
    this.schedulePoll();
  }

  async stop(): Promise<void> {
    this.isRunning = false;
    this.cancelPoll();
    await this.worked();
  }

  /** Resolves once everything asked for so far has been done. */
  async settled(): Promise<void> {
    do {
      await this.worked();
      await Promise.all(this.publishing);
    } while (this.isAtWork());
  }

  private isAtWork(): boolean {
    return [this.working, this.polling, this.finishing].some((work) => work !== undefined);
  }

  private async worked(): Promise<void> {
    while (this.isAtWork()) {
      await this.polling;
      await this.finishing;
      await this.working;
    }
  }

  /** Something was committed for this device. Without effect when its session is elsewhere. */
  nudge(deviceId: number): void {
    if (!this.options.publisher.isListening(deviceId)) return;
    this.waiting.add(deviceId);
    this.work();
  }

  /** A notification of another process; a STOP in it leaves at once. */
  onNotice(payload: string): void {
    const notice = parseCommandNotice(payload);
    if (notice === undefined) return;
    if (notice.stop !== undefined) void this.sendStopNow(notice.deviceId, notice.stop);
    else if (notice.isConfigured) void this.ask(notice.deviceId);
    else this.nudge(notice.deviceId);
  }

  /** True once it is on the socket of the device. */
  async sendStopNow(deviceId: number, payload: string): Promise<boolean> {
    const { publisher } = this.options;
    if (!publisher.isListening(deviceId)) return false;
    const sent = this.attempt("a STOP could not be sent", () => publisher.publish(deviceId, "command", payload), false);
    return Promise.race([sent, this.patience()]);
  }

  /** A socket that takes longer has the bytes before it: what is to be recorded is recorded meanwhile. */
  private patience(): Promise<boolean> {
    return new Promise((resolve) => {
      this.options.clock.after(SEND_PATIENCE_MS, () => resolve(true));
    });
  }

  /** A session may take another's place without that one being gone: what was said in the old one no longer counts. */
  onListening(deviceId: number): void {
    this.sessions.set(deviceId, ++this.sessionCount);
    this.greeted.delete(deviceId);
    this.changedSessions.add(deviceId);
    this.returned.add(deviceId);
    this.waiting.add(deviceId);
    this.work();
  }

  /** A session that has outlived a stop of this gateway: its device says hello again only when it is asked. */
  async onStillListening(deviceId: number): Promise<void> {
    this.onListening(deviceId);
    this.askedAtMs.delete(deviceId);
    await this.ask(deviceId);
  }

  onGone(deviceId: number): void {
    this.sessions.delete(deviceId);
    this.greeted.delete(deviceId);
    this.askedAtMs.delete(deviceId);
    this.configuredAtMs.delete(deviceId);
    this.waiting.delete(deviceId);
    this.returned.delete(deviceId);
    this.greetedNow.delete(deviceId);
    this.changedSessions.add(deviceId);
    this.work();
  }

  /** Rejects only when it could not be stored: then the device says it again. What is wrong with it is logged. */
  async onEvidence(deviceId: number, payload: string): Promise<void> {
    const { logger } = this.options;
    const evidence = this.understood(deviceId, () => parseEvidence(payload));
    if (evidence === undefined) return;
    const outcome = await this.evidence.record(deviceId, evidence);
    if (outcome !== "recorded" && outcome !== "repeated") {
      // A device may answer a STOP before it is recorded; it is asked again.
      const level = outcome === "unknown-command" ? "info" : "warn";
      logger[level]({ deviceId, commandId: evidence.id, outcome }, "evidence was not taken");
    }
    if (evidence.state === "REJECTED" && ASKED_AFTER.has(evidence.reason)) await this.ask(deviceId);
  }

  /** Rejects only when it could not be stored. */
  async onHello(deviceId: number, payload: string): Promise<void> {
    const { actuation, publisher } = this.options;
    const hello = this.understood(deviceId, () => parseHello(payload));
    if (hello === undefined) return;
    const session = this.sessions.get(deviceId);
    const config = await recordHello(actuation, deviceId, hello);
    // A hello that took long may be of the session before, and of the boot before.
    const isOfThisSession = session !== undefined && session === this.sessions.get(deviceId);
    if (publisher.isListening(deviceId) && isOfThisSession && !this.greeted.has(deviceId)) {
      this.greeted.add(deviceId);
      this.greetedNow.add(deviceId);
    }
    this.askedAtMs.delete(deviceId);
    if (config !== undefined && this.isTime(this.configuredAtMs, deviceId, CONFIG_INTERVAL_MS)) {
      const send = () => publisher.publish(deviceId, "config", encodeConfig(config));
      await this.attempt("a configuration could not be sent", send, false);
    }
    this.nudge(deviceId);
  }

  private understood<T>(deviceId: number, parse: () => T): T | undefined {
    try {
      return parse();
    } catch (error) {
      this.options.logger.warn({ deviceId, err: error }, "a device said what is not understood");
      return undefined;
    }
  }

  private work(): void {
    if (this.working !== undefined || !this.isRunning) return;
    this.working = this.rounds().finally(() => {
      this.working = undefined;
      if (this.isRunning && this.hasWork()) this.work();
    });
  }

  private hasWork(): boolean {
    const { waiting, changedSessions, returned, greetedNow } = this;
    return [waiting, changedSessions, returned, greetedNow].some(({ size }) => size > 0);
  }

  private async rounds(): Promise<void> {
    while (this.isRunning && this.hasWork()) {
      const greetedNow = take(this.greetedNow, ROUND_LIMIT);
      const round = {
        changed: take(this.changedSessions, ROUND_LIMIT),
        returned: take(this.returned, ROUND_LIMIT),
        greetedNow,
        waiting: [...new Set([...greetedNow, ...take(this.waiting, ROUND_LIMIT)])],
      };
      await this.attempt("a round of commands failed", () => this.round(round), undefined);
    }
  }

  private async round({ changed, returned, greetedNow, waiting }: Round): Promise<void> {
    if (changed.length > 0) await this.noteSessions(changed);
    if (returned.length + greetedNow.length > 0) await this.sendAgain(returned, greetedNow);
    if (waiting.length > 0) await this.dispatch(waiting);
  }

  private async noteSessions(changed: readonly number[]): Promise<void> {
    const { actuation, publisher, onSuperseded } = this.options;
    const areConnected = changed.map((deviceId) => publisher.isListening(deviceId));
    const isLatest = await actuation.store.noteSessions(this.epoch, changed, areConnected);
    if (!isLatest && !this.isSuperseded) onSuperseded?.();
    this.isSuperseded ||= !isLatest;
    const cameBack = changed.filter((_deviceId, index) => areConnected[index]);
    if (cameBack.length > 0 && (await actuation.store.wakeReachable(cameBack)) > 0) actuation.onExecutionDue();
  }

  /** What is not answered: all of it to devices that came back, else what has been silent for long enough. */
  private async sendAgain(cameBack: readonly number[], greetedNow: readonly number[]): Promise<void> {
    const filter = { cameBack, greetedNow, greetedIds: this.settledIds(), silentMs: RETRANSMIT_AFTER_MS };
    this.publish(await takeUnanswered(this.options.actuation, filter));
  }

  /**
   * Those whose hello has had its round. Who says one while a round is under way gets starts in the next, where what was not
   * answered is sent again first: else what leaves now would leave twice.
   */
  private settledIds(): number[] {
    return [...this.greeted].filter((deviceId) => !this.greetedNow.has(deviceId));
  }

  private async dispatch(devices: readonly number[]): Promise<void> {
    for (;;) {
      const settled = new Set(this.settledIds());
      const isSettled = (deviceId: number): boolean => settled.has(deviceId);
      const { outgoing, toAsk, hasMore } = await dispatchQueued(this.options.actuation, devices, isSettled);
      this.publish(outgoing);
      for (const deviceId of toAsk) if (!this.greetedNow.has(deviceId)) await this.ask(deviceId);
      if (!hasMore) return;
    }
  }

  /** Without waiting: a slow socket holds nobody up. What it has not taken is sent again like whatever is lost on the way. */
  private publish(outgoing: readonly Outgoing[]): void {
    const { publisher } = this.options;
    for (const { deviceId, payload } of outgoing) {
      const failed = "a command could not be sent";
      const sent = this.attempt(failed, () => publisher.publish(deviceId, "command", payload), false);
      const publishing: Promise<unknown> = sent.finally(() => this.publishing.delete(publishing));
      this.publishing.add(publishing);
    }
  }

  private async ask(deviceId: number): Promise<void> {
    const { publisher } = this.options;
    if (!this.isTime(this.askedAtMs, deviceId, ASK_INTERVAL_MS)) return;
    const question = encodeConfig({ ask: "hello" });
    await this.attempt("a hello could not be asked for", () => publisher.publish(deviceId, "config", question), false);
  }

  /** True, and noted, when the last time was long enough ago. */
  private isTime(lastMs: Map<number, number>, deviceId: number, intervalMs: number): boolean {
    const nowMs = this.options.clock.monotonicMs();
    if (nowMs - (lastMs.get(deviceId) ?? Number.NEGATIVE_INFINITY) < intervalMs) return false;
    lastMs.set(deviceId, nowMs);
    return true;
  }

  private schedulePoll(): void {
    if (!this.isRunning) return;
    this.cancelPoll = this.options.clock.after(POLL_MS, () => {
      this.polling = this.attempt("the poll for commands failed", () => this.poll(), undefined).finally(() => {
        this.polling = undefined;
        this.schedulePoll();
      });
    });
  }

  /** One look at everything, as if every nudge had been lost. */
  async poll(): Promise<void> {
    const { actuation, publisher } = this.options;
    // A connection that was used a moment ago is ready when a person needs it.
    const at = await this.clockWatch.look(() => actuation.urgentStore.readClock());
    if (at.hasJumped) await this.greetAnew();
    await this.attempt("the jump of the database's clock could not be kept", () => this.keepJump(), undefined);
    for (const deviceId of await actuation.store.devicesWithQueue()) this.nudge(deviceId);
    if ((await actuation.store.wakeReachable()) > 0) actuation.onExecutionDue();
    await this.sendAgain([], []);
    for (const deviceId of await sweepDeadlines(actuation, at)) {
      if (publisher.isListening(deviceId)) await this.ask(deviceId);
    }
    this.finishSiteStops();
  }

  /** Apart: whatever locks or fails there, everybody's commands are looked at again in the next second. */
  private finishSiteStops(): void {
    const failed = "a site's stop could not be finished";
    this.finishing ??= this.attempt(failed, () => finishSiteStops(this.options.actuation), undefined).finally(() => {
      this.finishing = undefined;
    });
  }

  private async keepJump(): Promise<void> {
    const { jump } = this.clockWatch;
    if (jump.jumpMs === this.keptJump?.jumpMs && jump.jumpedAtMicros === this.keptJump.jumpedAtMicros) return;
    await this.options.actuation.store.keepClockJump(jump);
    this.keptJump = jump;
  }

  /**
   * The database's clock has jumped. By a sample from before, a deadline in a device's own time would be too late by as much; or
   * too early, and the device would refuse every start.
   */
  private async greetAnew(): Promise<void> {
    this.options.logger.error("the clock of the database has jumped");
    const greeted = [...this.greeted];
    this.greeted.clear();
    // What is being said at this moment may have been sampled before the jump: it does not count.
    for (const deviceId of this.sessions.keys()) this.sessions.set(deviceId, ++this.sessionCount);
    for (const deviceId of greeted) this.askedAtMs.delete(deviceId);
    await Promise.all(greeted.map((deviceId) => this.ask(deviceId)));
  }

  private async attempt<T>(failed: string, work: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.options.logger.error({ err: error }, failed);
      return otherwise;
    }
  }
}

/** Devices, by what one round does for them; all of it was known before the round began. */
interface Round {
  readonly changed: readonly number[];
  readonly returned: readonly number[];
  readonly greetedNow: readonly number[];
  readonly waiting: readonly number[];
}

function take(from: Set<number>, limit: number): number[] {
  const taken: number[] = [];
  for (const item of from) {
    if (taken.length === limit) break;
    taken.push(item);
    from.delete(item);
  }
  return taken;
}
