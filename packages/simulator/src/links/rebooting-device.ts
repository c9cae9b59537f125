import type { FaultyModel } from "../faults/faulty-model.ts";
import type { FleetDevice } from "../fleet.ts";

/** A device whose reboots are real: its connection goes, and another boot of it comes. */
export class RebootingDevice implements FleetDevice {
  readonly uid: string;
  private readonly open: () => FleetDevice;
  private readonly model: FaultyModel;
  private device: FleetDevice;
  private isStopped = false;
  private rebooting: Promise<void> = Promise.resolve();

  constructor(uid: string, model: FaultyModel, open: () => FleetDevice) {
    this.uid = uid;
    this.open = open;
    this.model = model;
    this.device = open();
    model.onReboot = () => this.reboot();
  }

  start(): Promise<void> {
    return this.device.start();
  }

  async report(timeMicros: number): Promise<boolean> {
    return this.device.report(timeMicros);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.model.onReboot = undefined;
    await this.rebooting;
    await this.device.stop();
  }

  /** One after the other; a boot that finds no server leaves the next readings to be dropped. */
  private reboot(): void {
    this.rebooting = this.rebooting.then(async () => {
      if (this.isStopped) return;
      await this.device.stop();
      this.device = this.open();
      await this.device.start().catch(() => {});
    });
  }
}
