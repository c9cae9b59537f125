import type { Edit } from "@sluice/server/actuation/testing/simulation/edit-source.ts";

/** A guard that is taken out of our own source, under which the simulation has to turn red: else it would see nothing. */
export interface NegativeControl {
  readonly clause: number;
  /** What is not done any more. */
  readonly guard: string;
  readonly edits: readonly Edit[];
  /** Clauses whose checks may see it first: its own, unless another is said. */
  readonly seenBy?: readonly number[];
}

const GATE = "packages/core/src/safety/device-gate.ts";
const REFUSAL = "packages/core/src/safety/gate-refusal.ts";
const OUTPUTS = "packages/core/src/safety/gate-outputs.ts";
const LINK = "packages/core/src/safety/gate-link.ts";
const DECIDE = "packages/core/src/safety/decide.ts";
const COMMAND = "packages/core/src/commands/command.ts";
const RESERVE = "packages/core/src/safety/windows.ts";
const SERVER = "packages/server/src/actuation";
const MODEL = `${SERVER}/testing/model-store`;

const withoutGateInterlock: Edit = {
  file: REFUSAL,
  find: `if (situation.isInterlocked) return "interlock";`,
  replace: "",
};
const withoutLocks: readonly Edit[] = [
  { file: `${MODEL}/model-actuators.ts`, find: "for (const cell of cells) tx.lock(cell, false);", replace: "" },
  { file: `${MODEL}/model-actuators.ts`, find: ".filter((cell) => tx.tryLock(cell, false))", replace: "" },
];

export const CONTROLS: readonly NegativeControl[] = [
  {
    clause: 1,
    guard: "the device compares fences",
    edits: [
      { file: GATE, find: "message.fence > actuator.fence) {", replace: "message.fence > 0) {" },
      {
        file: GATE,
        find: "return this.instructions.isStopped(message.actuator, message.fence);",
        replace: "return false;",
      },
    ],
    seenBy: [1, 6, 10],
  },
  {
    clause: 1,
    guard: "the fence is saved before the output goes on",
    edits: [
      {
        file: GATE,
        find: "if (!this.memory.save(key, { ...withEntry(before, accepted), cooldown })) return;",
        replace: "this.memory.keep(key, { ...withEntry(before, accepted), cooldown });",
      },
      {
        file: GATE,
        find: "this.outputs.switchOn(message, Math.min(message.durationMs, limits.maxRunMs), now.monoMs);",
        replace:
          "this.outputs.switchOn(message, Math.min(message.durationMs, limits.maxRunMs), now.monoMs); this.memory.save(key, this.memory.actuator(key));",
      },
    ],
    seenBy: [1, 5],
  },
  {
    clause: 2,
    guard: "the device's own timer ends a run in time",
    edits: [
      { file: OUTPUTS, find: "this.armRunTimer(run, limitMs);", replace: "this.armRunTimer(run, limitMs + 5_000);" },
    ],
  },
  {
    clause: 2,
    guard: "the device's own maximum counts",
    edits: [{ file: GATE, find: "Math.min(message.durationMs, limits.maxRunMs)", replace: "message.durationMs" }],
  },
  {
    clause: 3,
    guard: "the device refuses after the deadline",
    edits: [
      { file: REFUSAL, find: `return hasExpired(message, now) ? "expired" : undefined;`, replace: "return undefined;" },
      { file: GATE, find: "if (hasExpired(message, now)) {", replace: "if (hasExpired(message, now) && false) {" },
    ],
  },
  {
    clause: 3,
    guard: "a deadline counts in its own boot alone",
    edits: [{ file: REFUSAL, find: "validUntilMonoMs !== undefined && message.bootId !== bootId", replace: "false" }],
  },
  {
    clause: 4,
    guard: "outputs go off at boot",
    edits: [{ file: GATE, find: "for (const key of this.keys) this.outputs.switchOffAtBoot(key);", replace: "" }],
  },
  {
    clause: 4,
    guard: "what was running at a boot is reported",
    edits: [
      {
        file: GATE,
        find: `for (const entry of open) this.reporter.close({ ...entry, state: "INTERRUPTED" });`,
        replace: "",
      },
    ],
  },
  {
    clause: 5,
    guard: "the device keeps its pause",
    edits: [
      {
        file: REFUSAL,
        find: `message.override !== true ? "cooldown" : undefined`,
        replace: `false ? "cooldown" : undefined`,
      },
      { file: REFUSAL, find: `if (cooldownElapsedMs < limits.minOffMs) return "min_off";`, replace: "" },
    ],
  },
  {
    clause: 6,
    guard: "the device refuses under a hold",
    edits: [{ file: REFUSAL, find: `if (situation.record.holds.length > 0) return "held";`, replace: "" }],
  },
  {
    clause: 6,
    guard: "nothing is decided on what is held",
    edits: [
      { file: DECIDE, find: "if (actuator.isHeld) {", replace: "if (actuator.isHeld && false) {" },
      {
        file: DECIDE,
        find: "if (actuator.trip !== undefined) {",
        replace: "if (actuator.trip !== undefined && false) {",
      },
    ],
  },
  {
    clause: 7,
    guard: "members of a group exclude each other in the decision and in the database",
    edits: [
      { file: DECIDE, find: "if (interlocked.length > 0) {", replace: "if (interlocked.length > 0 && false) {" },
      {
        file: `${MODEL}/model-command-rules.ts`,
        find: "isInGroup(other, row) && overlaps(",
        replace: "false && overlaps(",
      },
    ],
  },
  {
    clause: 7,
    guard: "members of a group exclude each other on the device, the decision and in the database",
    edits: [
      withoutGateInterlock,
      { file: DECIDE, find: "if (interlocked.length > 0) {", replace: "if (interlocked.length > 0 && false) {" },
      {
        file: `${MODEL}/model-command-rules.ts`,
        find: "isInGroup(other, row) && overlaps(",
        replace: "false && overlaps(",
      },
    ],
  },
  {
    clause: 8,
    guard: "the loss of the link ends a run",
    edits: [{ file: LINK, find: "if (!Number.isFinite(linkLossMs)) return;", replace: "return;" }],
  },
  {
    clause: 9,
    guard: "the window reaches from the last possible start",
    edits: [
      {
        file: RESERVE,
        find: "const runEndMicros = deadlineMicros + (",
        replace: "const runEndMicros = decidedMicros + 0 * deadlineMicros + (",
      },
    ],
    seenBy: [9, 10],
  },
  {
    clause: 9,
    guard: "a start is sent after its decision is committed",
    edits: [
      {
        file: `${SERVER}/decide-start.ts`,
        find: "  return tx.commitStart({",
        replace: `  const early = { id: actuation.newId(), actuator: actuator.key, fence: 10_000, kind: "RUN", durationMs, cooldownMs };
  await actuation.sendStopNow(actuator.deviceId, JSON.stringify({ ...early, expiresAt: new Date(nowMicros / 1000 + 30_000) }));
  return tx.commitStart({`,
      },
    ],
  },
  {
    clause: 10,
    guard: "silence is no failure",
    edits: [
      {
        file: `${SERVER}/sweep-deadlines.ts`,
        find: `return state === "UNKNOWN" ? "UNKNOWN_CLOSED" : "UNKNOWN";`,
        replace: `return state === "DISPATCHING" ? "NOT_EXECUTED" : state === "UNKNOWN" ? "UNKNOWN_CLOSED" : "UNKNOWN";`,
      },
    ],
  },
  {
    clause: 10,
    guard: "what is unknown keeps its charge",
    edits: [
      {
        file: COMMAND,
        find: `    case "CANCELLED":
      return "whole";`,
        replace: `    case "CANCELLED":
    case "UNKNOWN":
    case "UNKNOWN_CLOSED":
      return "whole";`,
      },
    ],
  },
  {
    clause: 11,
    guard: "a new attempt needs proof that the last one did not run",
    edits: [
      {
        file: `${SERVER}/close-execution.ts`,
        find: `if (state === "UNKNOWN_CLOSED") {`,
        replace: `if (state === "UNKNOWN_CLOSED" && execution.type === "MANUAL") {`,
      },
      { file: `${SERVER}/close-execution.ts`, find: "if (hasRun || execution.type", replace: "if (execution.type" },
    ],
  },
  {
    clause: 11,
    guard: "one is live at a time, by the actuator's lock and by three constraints",
    edits: [
      ...withoutLocks,
      {
        file: `${MODEL}/model-command-rules.ts`,
        find: "for (const [name, stands, isExclusion] of constraints) {",
        replace: "for (const [name, stands, isExclusion] of constraints.slice(0, 2)) {",
      },
    ],
    seenBy: [11, 13],
  },
  {
    clause: 11,
    guard: "what is sent again is sent as it was",
    edits: [
      {
        file: `${SERVER}/dispatch-commands.ts`,
        find: "    return taken;",
        replace: `    return taken.map((each) => ({ ...each, payload: each.payload + " " }));`,
      },
    ],
  },
  {
    clause: 12,
    guard: "a device says hello before its first start",
    edits: [
      {
        file: `${SERVER}/dispatch-commands.ts`,
        find: "greetedIds: deviceIds.filter(isGreeted)",
        replace: "greetedIds: deviceIds",
      },
    ],
  },
  {
    clause: 12,
    guard: "fences go on above those of the device",
    edits: [
      {
        file: `${SERVER}/record-hello.ts`,
        find: "if (fence <= MAX_CLAIMED_FENCE) await tx.adoptFence(id, fence);",
        replace: "",
      },
    ],
  },
  {
    clause: 12,
    guard: "runs that nobody here knows are recorded",
    edits: [
      {
        file: `${SERVER}/record-hello.ts`,
        find: "await recordForeign(actuation, tx, actuator, entry);",
        replace: "continue;",
      },
    ],
  },
  {
    clause: 13,
    guard: "a lost COMMIT reply is settled by looking",
    edits: [
      {
        file: `${SERVER}/request-run.ts`,
        find: "if (isOutcomeUnknown(error)) return settle(actuation.store, requests, error);",
        replace:
          "if (isOutcomeUnknown(error)) return decideIn(actuation, requests.map((each) => ({ ...each, id: actuation.newId() })), lock);",
      },
    ],
    seenBy: [11, 13],
  },
  {
    clause: 13,
    guard: "the execution moves with its command",
    edits: [
      {
        file: `${SERVER}/release.ts`,
        find: `await tx.moveExecution(executionId, { status: "DISPATCHED" });`,
        replace: "",
      },
    ],
  },
  {
    clause: 13,
    guard: "a rule's decision rests on a fresh reading",
    edits: [
      {
        file: DECIDE,
        find: "return nowMicros - readingMicros > envelope.maxReadingAgeMs * 1000;",
        replace: "return false;",
      },
    ],
  },
  {
    clause: 13,
    guard: "a day has its budget",
    edits: [
      { file: DECIDE, find: "...dailyObstacles(envelope, actuator.days, request.durationMs, nowMicros),", replace: "" },
    ],
  },
  {
    clause: 14,
    guard: "every change of a command has its event",
    edits: [
      {
        file: `${SERVER}/sweep-deadlines.ts`,
        find: `await tx.appendEvents([{ commandId: id, what, state, who: "gateway", reason: reasonOf(command) }]);`,
        replace: "",
      },
    ],
  },
  {
    clause: 14,
    guard: "a key is for one request",
    edits: [
      { file: `${SERVER}/decide-requests.ts`, find: `if (!earlier.isSame) return { kind: "mismatch" };`, replace: "" },
    ],
  },
  {
    clause: 14,
    guard: "a STOP under another's key is told so",
    edits: [
      {
        file: `${SERVER}/request-stop.ts`,
        find: "isMismatch: true",
        replace: "isMismatch: false",
      },
    ],
  },
];
