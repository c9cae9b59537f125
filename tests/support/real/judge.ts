import { checkDeviceLog } from "@sluice/core/safety/check-device-log.ts";
import type { DeviceLogEvent } from "@sluice/core/safety/device-log.ts";
import type { Pool } from "pg";
import type { DeviceProcess } from "./device-process.ts";
import { withoutLateness } from "./late-timers.ts";
import { milliseconds, type SentCommand } from "./witness.ts";

/** Between the clock of the database and that of a device's observer, which are one, read at two moments. */
const CLOCK_TOLERANCE_MS = 50;

interface StoredCommand {
  readonly id: string;
  readonly kind: string;
  readonly fence: number | null;
  readonly state: string;
  readonly payload: string | null;
  readonly durationMs: number | null;
  readonly decidedMs: number;
  /** Null for what never expires. */
  readonly deadlineMs: number | null;
  /** When it was last decided to send it again; null when it never was. */
  readonly retransmittedMs: number | null;
  readonly ranMs: number | null;
  readonly eventStates: readonly string[];
  readonly deciders: readonly string[];
}

interface OnInterval {
  readonly commandId: string;
  readonly fence: number;
  readonly onMs: number;
  /** Undefined: its device lost its power, or it is still on. */
  readonly offMs: number | undefined;
}

/**
 * The contract's verdict on one device: clauses 1 to 8 from its own log, 9 to 14 from that log joined with the database and
 * with what was seen on the wire. Each finding begins with the clause it breaks.
 */
export async function judge(pool: Pool, device: DeviceProcess, sent: readonly SentCommand[]): Promise<string[]> {
  const { events } = device.log;
  const commands = await storedCommands(pool, device.uid);
  const mine = sent.filter(({ uid }) => uid === device.uid);
  const intervals = intervalsOf(events);
  return [
    ...brokenInTheLog(device),
    ...mine.flatMap(sentTooEarly),
    ...intervals.flatMap((interval) => ranUnasked(interval, commands, mine)),
    ...[...commands.values()].flatMap((command) => wronglyRecorded(command, intervals)),
    ...(await wrongTotals(pool, device.uid, commands, intervals)),
    ...retransmittedOtherwise(mine),
    ...[...commands.values()].flatMap(retransmittedTooLate),
    ...[...commands.values()].flatMap(withoutTrail),
  ];
}

/** How long an output was on is judged by when the device's timers were due, all else by when it happened. */
const BOUNDS: readonly number[] = [2, 8];

function brokenInTheLog({ log, lateTimers, description }: DeviceProcess): string[] {
  const limits = { pump: description.limits };
  const endMs = Date.now();
  const asItWas = checkDeviceLog(log.events, limits, { endMs }).filter(({ clause }) => !BOUNDS.includes(clause));
  const asItWasDue = checkDeviceLog(withoutLateness(log.events, lateTimers), limits, { endMs });
  const broken = [...asItWas, ...asItWasDue.filter(({ clause }) => BOUNDS.includes(clause))];
  return broken.map(({ clause, what, at }) => `${clause}: ${what} (line ${at + 1})`);
}

/** 9, 11 and 12, at the moment of sending. */
function sentTooEarly(command: SentCommand): string[] {
  const { kind, fence, id, committed, live, payload, isOriginal, isGreeted } = command;
  if (!isOriginal || (kind === "STOP" && fence === undefined)) return [];
  if (committed === undefined) return [`9: ${kind} ${id} was sent before it was committed`];
  const found: string[] = [];
  if (committed.fence !== fence) found.push(`9: ${kind} ${id} was sent with fence ${fence}, not ${committed.fence}`);
  if (committed.state === "QUEUED") found.push(`9: ${kind} ${id} was sent while QUEUED`);
  if (committed.payload !== payload) found.push(`11: ${kind} ${id} was sent in other bytes than were committed`);
  if (kind !== "RUN" && kind !== "DOSE") return found;
  if (!isGreeted) found.push(`12: ${kind} ${id} was sent on a connection on which its device had not said hello`);
  if (committed.runUntilMs === null) found.push(`9: ${kind} ${id} was sent without a reserved window`);
  const others = live.filter((liveId) => liveId !== id);
  if (others.length > 0) found.push(`11: ${kind} ${id} was sent while ${others.join(", ")} was live`);
  return found;
}

/** 9 again, of what really ran. */
function ranUnasked(
  { commandId, fence, onMs, offMs }: OnInterval,
  commands: ReadonlyMap<string, StoredCommand>,
  sent: readonly SentCommand[],
): string[] {
  const command = commands.get(commandId);
  if (command === undefined) return [`9: ran by ${commandId}, which the database does not know`];
  const found: string[] = [];
  if (command.fence !== fence) found.push(`9: ${commandId} ran with fence ${fence}, not ${command.fence}`);
  if (onMs < command.decidedMs - CLOCK_TOLERANCE_MS) found.push(`9: ${commandId} ran before it was decided`);
  const window = sent.find(({ id, committed }) => id === commandId && committed !== undefined)?.committed;
  const until = window?.runUntilMs ?? Number.NEGATIVE_INFINITY;
  if ((offMs ?? onMs) > until + CLOCK_TOLERANCE_MS) found.push(`9: ${commandId} ran beyond what was reserved for it`);
  return found;
}

/** What did not run, by these, must have no ON edge; what did run has exactly one. */
const HAS_NOT_RUN: readonly string[] = ["QUEUED", "CANCELLED", "EXPIRED", "REJECTED", "NOT_EXECUTED"];

/** 10: the database's opinion against what happened. */
function wronglyRecorded(command: StoredCommand, intervals: readonly OnInterval[]): string[] {
  const { id, state, kind, ranMs } = command;
  const own = intervals.filter(({ commandId }) => commandId === id);
  if (HAS_NOT_RUN.includes(state)) return own.length === 0 ? [] : [`10: ${id} is ${state}, and it ran`];
  if (kind !== "RUN" && kind !== "DOSE") return [];
  if (state === "COMPLETED" && own.length !== 1) return [`10: ${id} is COMPLETED, and ran ${own.length} times`];
  const [interval] = own;
  if (ranMs === null || interval?.offMs === undefined) return [];
  const reallyMs = interval.offMs - interval.onMs;
  return Math.abs(reallyMs - ranMs) > CLOCK_TOLERANCE_MS ? [`10: ${id} ran ${reallyMs} ms, recorded as ${ranMs}`] : [];
}

/** 10: what is known to have run is counted once; what is still unknown may be missing. */
async function wrongTotals(
  pool: Pool,
  uid: string,
  commands: ReadonlyMap<string, StoredCommand>,
  intervals: readonly OnInterval[],
): Promise<string[]> {
  const { rows } = await pool.query<{ total: number }>(
    "select a.total_activations as total from actuator a join device d on d.id = a.device_id where d.uid = $1",
    [uid],
  );
  const silent = [...commands.values()].filter(({ state }) => state.startsWith("UNKNOWN")).length;
  const { total } = rows[0]!;
  const isRight = total <= intervals.length && total >= intervals.length - silent;
  return isRight ? [] : [`10: ${total} activations are recorded, ${intervals.length} happened, ${silent} are unknown`];
}

/** 11: by when it was decided, since a server that sleeps between the decision and the socket knows no better. */
function retransmittedTooLate({ id, retransmittedMs, deadlineMs }: StoredCommand): string[] {
  const isLate = retransmittedMs !== null && deadlineMs !== null && retransmittedMs > deadlineMs + CLOCK_TOLERANCE_MS;
  return isLate ? [`11: ${id} was sent again ${retransmittedMs - deadlineMs} ms after its deadline`] : [];
}

/** 11: whatever is sent again is sent in the same bytes. */
function retransmittedOtherwise(sent: readonly SentCommand[]): string[] {
  const first = new Map<string, string>();
  const found: string[] = [];
  for (const { id, payload, isOriginal } of sent) {
    if (!isOriginal) continue;
    if ((first.get(id) ?? payload) !== payload) found.push(`11: ${id} was sent again in other bytes`);
    first.set(id, payload);
  }
  return found;
}

/** 14: a trail that names who decided, and that leads to where the command is. */
function withoutTrail({ id, state, eventStates, deciders }: StoredCommand): string[] {
  if (deciders.length === 0 || deciders.some((who) => who === "")) return [`14: nobody is named for ${id}`];
  return eventStates.at(-1) === state ? [] : [`14: the trail of ${id} ends with ${eventStates.at(-1)}, not ${state}`];
}

async function storedCommands(pool: Pool, uid: string): Promise<Map<string, StoredCommand>> {
  const { rows } = await pool.query<StoredCommand>(
    `select c.id, c.kind, c.fence, c.state, c.payload, c.duration_ms as "durationMs", c.ran_ms as "ranMs",
            ${milliseconds("c.decided_at")} as "decidedMs",
            ${milliseconds("c.deadline_at")} as "deadlineMs",
            (select ${milliseconds("max(e.at)")} from command_event e
              where e.command_id = c.id and e.what = 'retransmitted') as "retransmittedMs",
            (select coalesce(json_agg(e.state order by e.id), '[]') from command_event e where e.command_id = c.id)
              as "eventStates",
            (select coalesce(json_agg(e.who), '[]') from command_event e
              where e.command_id = c.id and e.id = (select min(id) from command_event where command_id = c.id)) as "deciders"
       from command c join actuator a on a.id = c.actuator_id join device d on d.id = a.device_id
      where d.uid = $1 order by c.decided_at`,
    [uid],
  );
  return new Map(rows.map((command) => [command.id, command]));
}

function intervalsOf(events: readonly DeviceLogEvent[]): OnInterval[] {
  const intervals: OnInterval[] = [];
  let bootedAtMs = 0;
  let isOn = false;
  for (const event of events) {
    if (event.event === "boot") bootedAtMs = event.atMs;
    if (event.event === "on") {
      const { commandId, fence, monoMs } = event;
      intervals.push({ commandId, fence, onMs: bootedAtMs + monoMs, offMs: undefined });
    }
    if (event.event === "off" && isOn && event.reason !== "boot") {
      intervals.push({ ...intervals.pop()!, offMs: bootedAtMs + event.monoMs });
    }
    isOn = event.event === "on" || (isOn && event.event !== "off" && event.event !== "boot");
  }
  return intervals;
}
