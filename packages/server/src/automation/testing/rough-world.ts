import type { CommandMessage } from "@sluice/core/commands/messages.ts";
import { VirtualDevice } from "@sluice/core/safety/testing/virtual-device.ts";
import { parseCommand } from "@sluice/protocol/commands/command-codec.ts";
import { encodeEvidence } from "@sluice/protocol/commands/evidence-codec.ts";
import { encodeHello, parseConfig } from "@sluice/protocol/commands/hello-codec.ts";
import { releaseHold, requestRun, requestStop } from "../../actuation/index.ts";
import { foldTransitions } from "../fold-transitions.ts";
import { runExecutions } from "../run-executions.ts";
import type { TestAutomation, WateredZone } from "./test-automation.ts";

/** What can happen between the real server side on a real database and the real gate, over a link that keeps no promise. */
export type Happening =
  | {
      readonly kind:
        | "run"
        | "stop"
        | "release"
        | "fire"
        | "resolve"
        | "work"
        | "poll"
        | "power-cut"
        | "boot"
        | "leave"
        | "return";
    }
  | { readonly kind: "worker-dies"; readonly inTransaction: boolean }
  | { readonly kind: "down" | "up"; readonly index: number; readonly keep: boolean; readonly drop: boolean }
  | { readonly kind: "wait"; readonly ms: number };

export const PUMP_LIMITS = { pump: { maxRunMs: 30_000, cooldownMs: 900_000 } };

export class RoughWorld {
  readonly device = new VirtualDevice(PUMP_LIMITS);
  /** Every byte string that was ever put on the wire for a command. */
  readonly payloads = new Map<string, Set<string>>();
  readonly sent: CommandMessage[] = [];
  private readonly test: TestAutomation;
  private readonly zone: WateredZone;
  private down: { readonly channel: string; readonly payload: string }[] = [];
  private up: { readonly channel: "evidence" | "hello"; readonly payload: string }[] = [];
  private told = 0;
  private episode = 0;
  private isFiring = false;

  constructor(test: TestAutomation, zone: WateredZone) {
    this.test = test;
    this.zone = zone;
    test.plant.link.beforePublish = async ({ deviceId, channel, payload }) => {
      if (deviceId !== zone.deviceId) return;
      this.down.push({ channel, payload });
      if (channel === "command") this.note(payload);
    };
  }

  async let(happening: Happening): Promise<void> {
    await this.happen(happening);
    await this.test.plant.gateway.settled();
    this.hearDevice();
  }

  /** The link heals, everything arrives, time passes, and the last word is said. */
  async calmDown(): Promise<void> {
    if (this.device.gate === undefined) this.device.boot();
    await this.let({ kind: "return" });
    for (let round = 0; round < 4; round++) {
      await this.deliverAll();
      await this.let({ kind: "wait", ms: 40_000 });
      await this.let({ kind: "poll" });
      this.sayHello();
      await this.deliverAll();
    }
    await this.let({ kind: "leave" });
  }

  private async happen(happening: Happening): Promise<void> {
    const { plant, automation } = this.test;
    const order = { actuatorId: this.zone.pumpId };
    switch (happening.kind) {
      case "run":
        return unlessRefused(requestRun(plant.actuation, plant.operator, { ...order, durationMs: 20_000 }));
      case "stop":
        return unlessRefused(requestStop(plant.actuation, plant.operator, order));
      case "release":
        return unlessRefused(releaseHold(plant.actuation, plant.operator, order));
      case "fire":
      case "resolve":
        return this.transition(happening.kind === "fire");
      case "work":
        await foldTransitions(automation, 0);
        await runExecutions(automation);
        return;
      case "worker-dies":
        return this.letWorkerDie(happening.inTransaction);
      case "poll":
        return plant.gateway.poll();
      case "wait":
        this.device.advance(happening.ms);
        return plant.passTime(happening.ms, this.zone);
      case "down":
      case "up":
        return this.carry(happening);
      default:
        return this.changeDevice(happening.kind);
    }
  }

  private changeDevice(kind: string): void {
    const { link, gateway } = this.test.plant;
    const { deviceId } = this.zone;
    if (kind === "power-cut") this.device.cutPower();
    if (kind === "boot") this.device.boot();
    if (kind === "power-cut" || kind === "boot" || kind === "leave") {
      link.leave(deviceId);
      gateway.onGone(deviceId);
    }
    if (kind === "return" && this.device.gate !== undefined) {
      link.listen(deviceId);
      this.sayHello();
      gateway.onListening(deviceId);
    }
  }

  private sayHello(): void {
    if (this.device.gate !== undefined)
      this.up.push({ channel: "hello", payload: encodeHello(this.device.gate.hello()) });
  }

  private async transition(fires: boolean): Promise<void> {
    if (this.isFiring === fires) return;
    this.isFiring = fires;
    if (fires) this.episode += 1;
    this.test.latestMicros.set(this.zone.deviceId, Date.now() * 1000 + 3_600_000_000);
    await this.test.flush({ ...this.zone, episode: this.episode, state: fires ? "firing" : "resolved" });
  }

  private async letWorkerDie(inTransaction: boolean): Promise<void> {
    const { automation, plant } = this.test;
    const die = () => {
      throw new Error("killed");
    };
    const dying = inTransaction ? { newId: die } : { onQueued: die };
    await foldTransitions(automation, 0);
    await runExecutions({ ...automation, actuation: { ...plant.actuation, ...dying } });
  }

  /** Carries one message, perhaps out of order; `keep` leaves it on the wire to come again, `drop` loses it. */
  private async carry({ kind, index, keep, drop }: Extract<Happening, { keep: boolean }>): Promise<void> {
    if (kind === "down") {
      const message = this.down[index % Math.max(1, this.down.length)];
      if (message === undefined) return;
      if (!keep) this.down = this.down.filter((other) => other !== message);
      if (!drop) this.arriveAtDevice(message);
      return;
    }
    const message = this.up[index % Math.max(1, this.up.length)];
    if (message === undefined) return;
    if (!keep) this.up = this.up.filter((other) => other !== message);
    if (!drop) await this.arriveAtServer(message);
  }

  private arriveAtDevice({ channel, payload }: { readonly channel: string; readonly payload: string }): void {
    if (channel === "command") {
      this.device.deliver(parseCommand(payload));
      return;
    }
    const config = parseConfig(payload);
    if ("ask" in config) this.sayHello();
    else this.device.gate?.handleConfig(config);
  }

  private async arriveAtServer({
    channel,
    payload,
  }: {
    readonly channel: string;
    readonly payload: string;
  }): Promise<void> {
    const { gateway } = this.test.plant;
    if (channel === "hello") await gateway.onHello(this.zone.deviceId, payload);
    else await gateway.onEvidence(this.zone.deviceId, payload);
  }

  private async deliverAll(): Promise<void> {
    this.hearDevice();
    while (this.down.length > 0 || this.up.length > 0) {
      const down = this.down.shift();
      if (down !== undefined) this.arriveAtDevice(down);
      this.hearDevice();
      const up = this.up.shift();
      if (up !== undefined) await this.arriveAtServer(up);
      await this.test.plant.gateway.settled();
    }
  }

  /** What the device said goes onto the wire. */
  private hearDevice(): void {
    for (; this.told < this.device.evidence.length; this.told++) {
      this.up.push({ channel: "evidence", payload: encodeEvidence(this.device.evidence[this.told]!) });
    }
  }

  private note(payload: string): void {
    const message = parseCommand(payload);
    this.sent.push(message);
    const known = this.payloads.get(message.id);
    if (known === undefined) this.payloads.set(message.id, new Set([payload]));
    else known.add(payload);
  }
}

async function unlessRefused(asked: Promise<unknown>): Promise<void> {
  try {
    await asked;
  } catch (error) {
    if ((error as { kind?: string }).kind !== "conflict") throw error;
  }
}
