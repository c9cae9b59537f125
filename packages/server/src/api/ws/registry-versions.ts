import type { DeviceDirectory, RegistryEvent } from "../../devices/index.ts";

/** Changed devices that are noted until somebody asks; past it every organization counts as changed. */
export const MAX_NOTED = 10_000;

/** Whether devices of an organization have come, gone or moved: what one does in its registry costs no other one's streams. */
export class RegistryVersions {
  private readonly directory: Pick<DeviceDirectory, "resolveIds">;
  private readonly noted = new Set<number>();
  private readonly versions = new Map<number, number>();
  /** Of all at once. */
  private common = 0;

  constructor(directory: Pick<DeviceDirectory, "resolveIds">) {
    this.directory = directory;
  }

  readonly onEvent = (event: RegistryEvent): void => {
    if (event.kind === "device") this.noted.add(event.id);
    if (event.kind === "gap" || this.noted.size > MAX_NOTED) this.changeAll();
  };

  /** Another one than before when something has changed. */
  async of(organizationId: number): Promise<string> {
    const ids = [...this.noted];
    this.noted.clear();
    try {
      const devices = ids.length === 0 ? new Map<number, never>() : await this.directory.resolveIds(ids);
      for (const { organizationId: changed } of devices.values()) {
        this.versions.set(changed, (this.versions.get(changed) ?? 0) + 1);
      }
      if (devices.size < ids.length) this.changeAll();
    } catch (error) {
      this.changeAll();
      throw error;
    }
    return `${this.common}.${this.versions.get(organizationId) ?? 0}`;
  }

  private changeAll(): void {
    this.noted.clear();
    this.common++;
  }
}
