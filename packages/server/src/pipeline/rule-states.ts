import { INITIAL_RULE_STATE, type RuleState } from "@sluice/core/rules/rule.ts";

/** What the rules of one device remember. Replaced as a whole, never changed in place. */
export interface DeviceRuleState {
  /** Time of the newest reading that acted. */
  readonly lastActedMicros: number;
  /** Since when (server's clock) only late readings have come; 0 while they come in order. */
  readonly lateSinceMicros: number;
  readonly states: ReadonlyMap<number, RuleState>;
}

export interface RuleStateChange {
  readonly ruleId: number;
  readonly deviceId: number;
  readonly state: RuleState;
}

/** States as of the last committed flush. */
export class RuleStates {
  private readonly byDevice = new Map<number, DeviceRuleState>();

  get(deviceId: number): DeviceRuleState | undefined {
    return this.byDevice.get(deviceId);
  }

  /** A view in which one flush makes its changes; it sees those of `parent`, a flush still being committed. */
  overlay(parent?: RuleOverlay): RuleOverlay {
    return new RuleOverlay(this, parent);
  }

  /** Takes a committed flush's changes in. */
  fold(overlay: RuleOverlay): void {
    for (const [deviceId, state] of overlay.changes) this.byDevice.set(deviceId, state);
    overlay.detach();
  }

  /** Takes in changes read from the store; the clocks come from the stored readings. */
  restore(changes: readonly RuleStateChange[], lastMicros: (deviceId: number) => number | undefined): void {
    for (const { ruleId, deviceId, state } of changes) {
      const known = this.byDevice.get(deviceId);
      this.byDevice.set(deviceId, {
        lastActedMicros: lastMicros(deviceId) ?? Number.NEGATIVE_INFINITY,
        lateSinceMicros: 0,
        states: new Map(known?.states).set(ruleId, state),
      });
    }
  }

  /** Every state there is, for the snapshot at the close of a generation. */
  all(): RuleStateChange[] {
    const all: RuleStateChange[] = [];
    for (const [deviceId, { states }] of this.byDevice) {
      for (const [ruleId, state] of states) all.push({ ruleId, deviceId, state });
    }
    return all;
  }
}

/** Copy on write: dropped whole when its flush fails. */
export class RuleOverlay {
  readonly changes = new Map<number, DeviceRuleState>();
  private readonly base: RuleStates;
  private parent: RuleOverlay | undefined;

  constructor(base: RuleStates, parent: RuleOverlay | undefined) {
    this.base = base;
    this.parent = parent;
  }

  /** Once all before it is folded in, nothing is behind it but the base; else every flush would keep the one before. */
  detach(): void {
    this.parent = undefined;
  }

  get(deviceId: number): DeviceRuleState | undefined {
    return this.changes.get(deviceId) ?? this.parent?.changes.get(deviceId) ?? this.base.get(deviceId);
  }
}

const VERSION = 1;

/** `[version, [[rule, device, phase, episode], …]]` as JSON text: rule states change seldom. */
export function encodeRuleStates(changes: readonly RuleStateChange[]): Buffer {
  const rows = changes.map(({ ruleId, deviceId, state }) => [ruleId, deviceId, state.phase, state.episode]);
  return Buffer.from(JSON.stringify([VERSION, rows]));
}

export function decodeRuleStates(body: Buffer): RuleStateChange[] {
  const [version, rows] = JSON.parse(body.toString()) as [number, [number, number, RuleState["phase"], number][]];
  if (version !== VERSION) throw new RangeError(`rule states of version ${version} are not known`);
  return rows.map(([ruleId, deviceId, phase, episode]) => ({ ruleId, deviceId, state: { phase, episode } }));
}

export function stateOf(device: DeviceRuleState | undefined, ruleId: number): RuleState {
  return device?.states.get(ruleId) ?? INITIAL_RULE_STATE;
}
