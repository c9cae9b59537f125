import type { Clock } from "@sluice/simulator/clock.ts";
import { DeviceLog } from "@sluice/simulator/device-log.ts";
import { DeviceRecorder } from "@sluice/simulator/device-recorder.ts";
import { deviceLogPath, PUMP } from "@sluice/simulator/irrigation/simulated-device.ts";
import { MqttConnection, type MqttIdentity } from "@sluice/simulator/senders/mqtt-connection.ts";

const BOOT_ID = "plain";

export interface PlainPumpOptions {
  readonly identity: MqttIdentity;
  readonly stateDirectory: string;
  readonly clock: Clock;
}

interface Order {
  readonly id: string;
  readonly durationMs: number;
}

/**
 * A pump behind a plain relay with a timer, as they are sold: every message to start is obeyed, switches on, and sets the
 * timer anew. It knows no fence, no expiry and no cooldown. Its log is kept as that of every simulated device: the line is on
 * disk before the edge happens.
 */
export class PlainPump {
  private readonly clock: Clock;
  private readonly connection: MqttConnection;
  private readonly log: DeviceLog;
  private readonly recorder: DeviceRecorder;
  private readonly bootedMs: number;
  private cancelTimer: (() => void) | undefined;
  private starts = 0;

  constructor({ identity, stateDirectory, clock }: PlainPumpOptions) {
    this.clock = clock;
    this.bootedMs = clock.monotonicMs();
    this.log = new DeviceLog(deviceLogPath(stateDirectory, identity.uid));
    const wallClockMicros = () => clock.nowMicros();
    this.recorder = new DeviceRecorder({ log: this.log, bootId: BOOT_ID, wallClockMicros, onFault: () => {} });
    this.connection = new MqttConnection(identity, clock, {
      channels: ["command"],
      onMessage: (_channel, payload) => this.obey(JSON.parse(payload) as Order),
    });
  }

  async start(): Promise<void> {
    this.recorder.record({ event: "boot", bootId: BOOT_ID, atMs: this.clock.nowMicros() / 1000 - this.monoMs() });
    this.recorder.record({ event: "off", actuator: PUMP, reason: "boot", monoMs: this.monoMs() });
    await this.connection.start();
    this.recorder.record({ event: "link_up", monoMs: this.monoMs() });
  }

  get startsObeyed(): number {
    return this.starts;
  }

  get isOn(): boolean {
    return this.cancelTimer !== undefined;
  }

  async stop(): Promise<void> {
    this.cancelTimer?.();
    await this.connection.stop();
    this.log.close();
  }

  private obey({ id, durationMs }: Order): void {
    this.recorder.record({ event: "on", ...this.edgeOf(id, durationMs) });
    this.cancelTimer?.();
    this.cancelTimer = this.clock.after(durationMs, () => this.switchOff(id));
    this.connection.publish("evidence", JSON.stringify({ id, state: "on" })).catch(() => {});
  }

  /** A fence and a deadline that its commands do not have: so nothing is held against it but what it does. */
  private edgeOf(commandId: string, durationMs: number) {
    const wallClockMicros = this.clock.nowMicros();
    const deadline = { expiresAtMicros: wallClockMicros + 1 };
    const limits = { durationMs, limitMs: durationMs, cooldownMs: 0 };
    return {
      actuator: PUMP,
      commandId,
      fence: ++this.starts,
      ...limits,
      deadline,
      wallClockMicros,
      monoMs: this.monoMs(),
    };
  }

  private switchOff(commandId: string): void {
    this.cancelTimer = undefined;
    const edge = { actuator: PUMP, commandId, fence: this.starts, reason: "duration" } as const;
    this.recorder.record({ event: "off", ...edge, monoMs: this.monoMs() });
  }

  private monoMs(): number {
    return this.clock.monotonicMs() - this.bootedMs;
  }
}
