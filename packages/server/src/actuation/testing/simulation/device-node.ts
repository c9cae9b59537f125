import type { CommandMessage, DeviceConfigMessage } from "@sluice/core/commands/messages.ts";
import { VirtualDevice } from "@sluice/core/safety/testing/virtual-device.ts";
import { encodeEvidence } from "@sluice/protocol/commands/evidence-codec.ts";
import { encodeHello } from "@sluice/protocol/commands/hello-codec.ts";
import type { PlannedDevice } from "./plan.ts";
import type { Surroundings } from "./surroundings.ts";

/** What a device needs of its link. */
export interface Uplink {
  readonly isUp: boolean;
  send(channel: "evidence" | "hello", payload: string): void;
  /** The power went; nobody is told. */
  powerLost(): void;
  powerCame(): void;
}

/** A virtual device begins its own time line here. */
const FIRST_MS = 1_000_000;
const TICKS_PER_MS = 1_024;

/**
 * A device with the real gate in the time of the world, which its oscillator follows a little too fast or too slow. Its log is in
 * its own time; `trueMsOf` tells when that was.
 */
export class DeviceNode {
  readonly id: number;
  readonly plan: PlannedDevice;
  readonly device: VirtualDevice;
  /** Of its wall clock, in milliseconds. */
  wallStepMs = 0;
  uplink: Uplink | undefined;
  private readonly world: Surroundings;
  private told = 0;
  private seen = 0;
  private cancelWake: () => void = () => {};
  private wasPowered = true;

  constructor(world: Surroundings, plan: PlannedDevice) {
    this.world = world;
    this.plan = plan;
    this.id = plan.id;
    this.device = new VirtualDevice(plan.limits, false);
    this.device.timerSkewMs = world.random.pick([0, 0, 20, -20]);
    this.follow();
  }

  trueMsOf(deviceMs: number): number {
    return (deviceMs - FIRST_MS) / this.plan.rate;
  }

  get isPowered(): boolean {
    return this.device.isPowered;
  }

  /** Brings the device to the present, lets something happen to it, and passes on what it says. */
  let(happen: (device: VirtualDevice) => void): void {
    const { device, world } = this;
    device.wallClockOffsetMs = world.clocks.trueMicros() / 1000 + this.wallStepMs - this.deviceMs();
    device.advance(Math.max(0, this.deviceMs() - device.worldMs));
    happen(device);
    this.follow();
  }

  receive(message: CommandMessage): void {
    this.let((device) => device.deliver(message));
  }

  configure(config: DeviceConfigMessage): void {
    this.let((device) => device.gate?.handleConfig(config));
    this.sayHello();
  }

  sayHello(): void {
    this.let((device) => {
      if (device.gate === undefined || this.uplink === undefined) return;
      const { bootId, monoMs, ...hello } = device.gate.hello();
      const boot = this.plan.isBootless ? {} : { bootId, monoMs };
      this.uplink.send("hello", encodeHello({ ...boot, ...hello } as Parameters<typeof encodeHello>[0]));
    });
  }

  cutPower(): void {
    this.let((device) => device.cutPower());
  }

  boot(): void {
    this.device.hasLink = false;
    this.let((device) => device.boot());
    this.uplink?.powerCame();
  }

  /** Cut to binary fractions, so that the device's sums and differences of times are exact. */
  private deviceMs(): number {
    return Math.floor((FIRST_MS + this.world.time.nowMs * this.plan.rate) * TICKS_PER_MS) / TICKS_PER_MS;
  }

  /** What the device has said and done since it was last looked at. */
  private follow(): void {
    const { device, world } = this;
    for (; this.told < device.evidence.length; this.told++) {
      const evidence = device.evidence[this.told]!;
      world.tally.add(`said ${evidence.state}`);
      this.uplink?.send("evidence", encodeEvidence(evidence));
    }
    for (; this.seen < device.log.length; this.seen++) {
      const event = device.log[this.seen]!;
      world.note(`device ${this.id}`, JSON.stringify(event));
      if (event.event === "on" && event.amount !== undefined) this.meter(event.actuator, event.amount, event.limitMs);
    }
    if (this.wasPowered && !device.isPowered) this.uplink?.powerLost();
    this.wasPowered = device.isPowered;
    this.cancelWake();
    const { nextTimerMs } = device;
    if (nextTimerMs === undefined) return;
    const delayMs = (Math.max(nextTimerMs, device.worldMs) - this.deviceMs() + 1 / TICKS_PER_MS) / this.plan.rate;
    this.cancelWake = world.time.after(delayMs, () => this.let(() => {}));
  }

  /** A dose is counted out in steps, sometimes too slowly for its time. */
  private meter(actuator: string, amount: number, limitMs: number): void {
    const { time, random } = this.world;
    const takesMs = random.float() * limitMs * 1.3;
    for (const part of [0.4, 0.8, 1]) {
      time.after(takesMs * part, () => this.let((device) => device.count(actuator, amount * part)));
    }
  }
}
