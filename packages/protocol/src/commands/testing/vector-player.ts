import type { DeviceLimits } from "@sluice/core/commands/messages.ts";
import { isSluiceError } from "@sluice/core/errors.ts";
import { checkDeviceLog, type Violation } from "@sluice/core/safety/check-device-log.ts";
import type { DeviceLogEvent } from "@sluice/core/safety/device-log.ts";
import { VirtualDevice } from "@sluice/core/safety/testing/virtual-device.ts";
import type { Sabotage } from "@sluice/core/safety/testing/virtual-ports.ts";
import { parseCommand } from "../command-codec.ts";
import { encodeEvidence } from "../evidence-codec.ts";
import { encodeHello, parseConfig } from "../hello-codec.ts";

type Json = Readonly<Record<string, unknown>>;

/** One scenario of `docs/guides/device-protocol-vectors.json`, as the guide to the device protocol describes it. */
export interface Vector {
  readonly name: string;
  readonly clauses: readonly number[];
  readonly limits: Readonly<Record<string, DeviceLimits>>;
  readonly needs?: readonly string[];
  readonly steps: readonly Step[];
  readonly expect: readonly Expectation[];
}

export interface Step {
  readonly at: number;
  readonly boot?: true;
  readonly power?: "off";
  readonly link?: "up" | "down";
  readonly command?: Json;
  readonly config?: Json;
  readonly ask?: "hello";
  readonly counted?: { readonly actuator: string; readonly id: string; readonly amount: number };
  readonly clock?: string | null;
  readonly storage?: "works" | "fails" | "slow";
  readonly takesMs?: number;
  readonly output?: "works" | "fails";
  readonly end?: true;
}

/** Something that the device said or did, in the words of the vectors; `at` counts from the first boot. */
export interface Said {
  readonly at: number;
  readonly evidence?: Json;
  readonly edge?: Json;
  readonly setPoint?: Json;
  readonly hello?: Json;
}

export type Expectation = Said & { readonly optional?: true };

export interface Played {
  readonly said: readonly Said[];
  readonly violations: readonly Violation[];
}

export function playVector({ limits, steps }: Vector, sabotage: Partial<Sabotage> = {}): Played {
  const player = new VectorPlayer(limits, sabotage);
  for (const step of steps) player.take(step);
  return player.played();
}

/** Wire JSON on one side, the real codecs and the real gate on a virtual device on the other. */
class VectorPlayer {
  private readonly device: VirtualDevice;
  private readonly limits: Readonly<Record<string, DeviceLimits>>;
  private readonly beganMs: number;
  private readonly hellos: Said[] = [];

  constructor(limits: Readonly<Record<string, DeviceLimits>>, sabotage: Partial<Sabotage>) {
    this.limits = limits;
    this.device = new VirtualDevice(limits, false);
    Object.assign(this.device.sabotage, sabotage);
    this.device.failures.link = true;
    this.beganMs = this.device.worldMs;
  }

  take(step: Step): void {
    const { device } = this;
    device.advance(Math.max(0, this.beganMs + step.at - device.worldMs));
    if (step.power === "off") this.loseLinkBy(() => device.cutPower());
    if (step.boot && step.at > 0) this.loseLinkBy(() => device.boot());
    if (step.link === "down") this.loseLinkBy(() => device.loseLink());
    if (step.link === "up") this.regainLink();
    if (step.command !== undefined)
      this.unlessSenseless(() => device.deliver(parseCommand(JSON.stringify(step.command))));
    if (step.config !== undefined) this.configure(step.config);
    if (step.ask !== undefined) this.sayHello();
    if (step.counted !== undefined) device.gate?.counted(...countOf(step.counted));
    this.changeSurroundings(step);
  }

  played(): Played {
    const evidence = this.device.evidence.map((message) => {
      const wire = JSON.parse(encodeEvidence(message)) as Json;
      return { at: this.bootedAt(message.bootId) + message.monoMs, evidence: wire };
    });
    const violations = checkDeviceLog(this.device.log, this.limits, { endMs: this.device.worldMs });
    return { said: [...evidence, ...this.hellos, ...this.changes()], violations };
  }

  private loseLinkBy(event: () => void): void {
    this.device.failures.link = true;
    this.device.hasLink = false;
    event();
  }

  private regainLink(): void {
    this.device.failures.link = false;
    this.device.regainLink();
    this.sayHello();
  }

  private configure(config: Json): void {
    this.unlessSenseless(() => {
      const message = parseConfig(JSON.stringify(config));
      if (!("ask" in message)) this.device.gate?.handleConfig(message);
      this.sayHello();
    });
  }

  private changeSurroundings({ clock, storage, takesMs = 0, output }: Step): void {
    const { device } = this;
    if (clock !== undefined) device.knowsTime = clock !== null;
    if (typeof clock === "string") device.wallClockOffsetMs = Date.parse(clock) - device.worldMs;
    if (storage !== undefined) {
      device.failures.storage = storage === "fails";
      device.saveMs = takesMs;
    }
    const fails = output === "fails";
    if (output !== undefined) Object.assign(device.failures, { on: fails, off: fails, safe: fails, set: fails });
  }

  private sayHello(): void {
    const { gate, worldMs } = this.device;
    if (gate === undefined || this.device.failures.link) return;
    this.hellos.push({ at: worldMs - this.beganMs, hello: JSON.parse(encodeHello(gate.hello())) as Json });
  }

  /** What makes no sense moves nothing. */
  private unlessSenseless(take: () => void): void {
    try {
      take();
    } catch (error) {
      if (!isSluiceError(error)) throw error;
    }
  }

  private changes(): Said[] {
    let bootedAt = 0;
    return this.device.log.flatMap((event) => {
      if (event.event === "boot") bootedAt = event.atMs - this.beganMs;
      const said = changeOf(event);
      return said === undefined || !("monoMs" in event) ? [] : [{ at: bootedAt + event.monoMs, ...said }];
    });
  }

  private bootedAt(bootId: string): number {
    const boot = this.device.log.find((event) => event.event === "boot" && event.bootId === bootId);
    return boot?.event === "boot" ? boot.atMs - this.beganMs : Number.NaN;
  }
}

function countOf({ actuator, id, amount }: NonNullable<Step["counted"]>): [string, string, number] {
  return [actuator, id, amount];
}

/** What could be seen of an output. That a boot finds everything off changes nothing. */
function changeOf(event: DeviceLogEvent): Omit<Said, "at"> | undefined {
  if (event.event === "on") return { edge: { ...event, to: "ON" } };
  if (event.event === "safe") return { edge: { ...event, to: "SAFE" } };
  if (event.event === "off" && event.reason !== "boot") return { edge: { ...event, to: "OFF" } };
  return event.event === "set" ? { setPoint: { ...event } } : undefined;
}
