import type { DeviceDirectory } from "../../devices/index.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";
import type { MqttSession } from "./session.ts";

/** When what could not be asked is asked again. */
const RETRY_MS = 1_000;
/** A timer of Node's cannot wait longer than 24 days; an end that is farther off is looked at again meanwhile. */
const MAX_WAIT_MS = 24 * 3600 * 1000;

type LiveCredentials = Awaited<ReturnType<DeviceDirectory["liveCredentials"]>>;

export interface CredentialWatchDeps {
  readonly directory: Pick<DeviceDirectory, "liveCredentials">;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly disconnect: (session: MqttSession, reason: string) => void;
}

/** Ends sessions whose credential has ended: at its time, or when the registry has changed and it opens nothing any more. */
export class CredentialWatch {
  private readonly deps: CredentialWatchDeps;
  private readonly cancelOf = new Map<MqttSession, () => void>();
  private isStopped = false;
  private cancelRetry: () => void = () => {};

  constructor(deps: CredentialWatchDeps) {
    this.deps = deps;
  }

  /** Watches over the end of the credential's time. */
  add(session: MqttSession): void {
    const expiresAtMs = session.credential?.expiresAtMs;
    if (expiresAtMs === undefined) return;
    const waitMs = expiresAtMs - this.deps.clock.nowMicros() / 1000;
    if (waitMs <= 0) {
      this.deps.disconnect(session, "its credential has expired");
      return;
    }
    this.cancelOf.set(
      session,
      this.deps.clock.after(Math.min(waitMs, MAX_WAIT_MS), () => this.add(session)),
    );
  }

  remove(session: MqttSession): void {
    this.cancelOf.get(session)?.();
    this.cancelOf.delete(session);
  }

  stop(): void {
    this.isStopped = true;
    this.cancelRetry();
    for (const cancel of this.cancelOf.values()) cancel();
    this.cancelOf.clear();
  }

  /** After a change of a device: its sessions go unless their credentials still open it. Not knowing, they go too. */
  async recheck(sessions: readonly MqttSession[]): Promise<void> {
    if (sessions.length === 0) return;
    const live = await this.live(sessions).catch((error: unknown) => {
      this.deps.logger.warn({ error }, "devices' access could not be checked");
      return new Map<string, undefined>();
    });
    this.apply(sessions, live);
  }

  /** After changes may have been missed: all of them, once the registry answers. */
  async recheckAll(sessions: () => readonly MqttSession[]): Promise<void> {
    this.cancelRetry();
    const asked = sessions();
    try {
      const live = await this.live(asked);
      this.apply(asked, live);
    } catch (error) {
      this.deps.logger.warn({ error }, "devices' access could not be checked");
      if (!this.isStopped) this.cancelRetry = this.deps.clock.after(RETRY_MS, () => void this.recheckAll(sessions));
    }
  }

  private live(sessions: readonly MqttSession[]): Promise<LiveCredentials> {
    const keys = new Set(sessions.flatMap(({ credential }) => (credential === undefined ? [] : [credential.key])));
    return this.deps.directory.liveCredentials([...keys]);
  }

  private apply(sessions: readonly MqttSession[], live: LiveCredentials): void {
    for (const session of sessions) {
      const { credential } = session;
      if (credential === undefined || !live.has(credential.key)) {
        this.deps.disconnect(session, "its access has changed");
      } else if (!session.isClosed) {
        // It may have been replaced since, and have got an end by that.
        session.credential = { key: credential.key, expiresAtMs: live.get(credential.key) };
        this.remove(session);
        this.add(session);
      }
    }
  }
}
