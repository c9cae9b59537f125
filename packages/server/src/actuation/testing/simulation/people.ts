import { isSluiceError } from "@sluice/core/errors.ts";
import {
  type Command,
  changeActuator,
  releaseHold,
  releaseSite,
  requestRun,
  requestSet,
  requestStop,
  resetTrip,
  stopSite,
} from "../../index.ts";
import type { PlantActuator } from "../model-store/model-database.ts";
import type { History } from "./history.ts";
import type { ServerProcess } from "./server-process.ts";
import type { Surroundings } from "./surroundings.ts";

/** What was answered to one request of a person. */
export interface Answered {
  readonly number: number;
  readonly action: Action;
  readonly key: string | undefined;
  /** What was asked, as text: the same key with another body is another request. */
  readonly body: string;
  readonly epoch: number;
  readonly outcome:
    | { readonly kind: "placed"; readonly executionId: string | undefined; readonly commandId: string | undefined }
    | { readonly kind: "refused"; readonly code: string };
}

export type Action =
  | "run"
  | "stop"
  | "trip"
  | "release"
  | "reset"
  | "set"
  | "mode"
  | "envelope"
  | "stop-site"
  | "end-site";

interface Request {
  readonly number: number;
  readonly action: Action;
  readonly actuator: PlantActuator;
  readonly key: string | undefined;
  readonly order: Readonly<Record<string, unknown>>;
}

/** How often each is asked for, of all. */
const WEIGHTS: readonly (readonly [Action, number])[] = [
  ...([
    ["run", 24],
    ["stop", 3],
    ["release", 7],
    ["trip", 1],
    ["reset", 3],
    ["set", 2],
    ["mode", 2],
  ] as const),
  ...([
    ["envelope", 1],
    ["stop-site", 1],
    ["end-site", 4],
  ] as const),
];
const ACTIONS: readonly Action[] = WEIGHTS.flatMap(([action, weight]) => Array<Action>(weight).fill(action));
const SITE_ID = 1;
/** Who has heard nothing for so long asks again. */
const PATIENCE_MS = 6_000;

/** People and programs that ask the server for things, at any time, twice, and through whichever process answers. */
export class People {
  readonly answers: Answered[] = [];
  asked = 0;
  private readonly world: Surroundings;
  private readonly history: History;
  private readonly processes: () => readonly ServerProcess[];

  constructor(world: Surroundings, history: History, processes: () => readonly ServerProcess[]) {
    this.world = world;
    this.history = history;
    this.processes = processes;
  }

  /** Somebody wants something; sometimes many want it at once. */
  wantSomething(): void {
    const { random } = this.world;
    const request = this.invent();
    const isHerd = request.action === "run" && random.chance(0.15);
    for (let index = 0; index < (isHerd ? random.between(3, 8) : 1); index++) {
      this.ask(isHerd ? { ...request, number: ++this.asked, key: undefined } : request);
    }
    if (request.key === undefined || isHerd) return;
    // A double click, or another order under the same key.
    if (random.chance(0.3)) this.ask({ ...request, number: ++this.asked });
    if (random.chance(0.1)) this.ask({ ...this.invent(), actuator: request.actuator, key: request.key });
  }

  /** What holds is let go, so that the world can settle. */
  letGo(): void {
    for (const actuator of this.world.plan.plant.actuators) {
      for (const action of ["end-site", "reset", "release"] as const) this.ask(this.request(action, actuator, {}));
      this.ask(this.request("mode", actuator, { mode: "auto" }));
    }
  }

  private invent(): Request {
    const { random, plan } = this.world;
    const actuator = random.pick(plan.plant.actuators);
    const action = plan.isCalm ? "run" : random.pick(ACTIONS);
    return this.request(action, actuator, this.orderOf(action, actuator));
  }

  private request(action: Action, actuator: PlantActuator, order: Request["order"]): Request {
    const number = ++this.asked;
    const key = this.world.random.chance(0.5) ? `key-${number}` : undefined;
    return { number, action, actuator, key, order };
  }

  private orderOf(action: Action, { envelope }: PlantActuator): Request["order"] {
    const { random } = this.world;
    if (action === "run") {
      const isDose = envelope.maxDose !== undefined && random.chance(0.4);
      return {
        ...(random.chance(0.8) ? { durationMs: random.between(500, envelope.maxRunMs) } : {}),
        ...(isDose ? { dose: { amount: random.between(1, 10), unit: "l" } } : {}),
        ...(random.chance(0.5) ? { waitMs: random.pick([0, 5_000, 30_000, 60_000]) } : {}),
        ...(random.chance(0.2) ? { overrideReason: "a test" } : {}),
      };
    }
    if (action === "trip") return { tripCause: random.pick(["dry_run", "overheat"]) };
    if (action === "set") return { value: random.below(100) };
    if (action === "mode") return { mode: random.pick(["auto", "auto", "auto", "manual", "locked-out"]) };
    if (action === "envelope") return { cooldownMs: random.pick([0, 1_000, 10_000]) };
    return {};
  }

  private ask(request: Request): void {
    const { random, time, tally } = this.world;
    const running = this.processes().filter(({ state }) => state === "running");
    if (running.length === 0) return;
    const process = random.pick(running);
    const { epoch } = this.history;
    let isAnswered = false;
    tally.add(`asked to ${request.action}`);
    void this.perform(process, request, epoch).then(() => {
      isAnswered = true;
    });
    if (request.key === undefined) return;
    time.after(PATIENCE_MS, () => {
      if (isAnswered || this.history.epoch !== epoch) return;
      tally.add("asked again without an answer");
      this.ask({ ...request, number: ++this.asked });
    });
  }

  private async perform(process: ServerProcess, request: Request, epoch: number): Promise<void> {
    const { number, action, key, order, actuator } = request;
    const body = JSON.stringify([action, actuator.id, order]);
    const answered = { number, action, key, body, epoch };
    try {
      await process.point("request");
      const placed = await this.call(process, request);
      this.answers.push({ ...answered, outcome: { kind: "placed", ...placed } });
      this.world.tally.add(`placed a ${action}`);
      this.world.note("people", `${number} ${action} placed ${placed.commandId ?? ""}`);
    } catch (error) {
      process.report(`${action}`, error);
      const code = isSluiceError(error) ? error.code : "database";
      this.answers.push({ ...answered, outcome: { kind: "refused", code } });
      this.world.tally.add(`refused ${code}`);
      this.world.note("people", `${number} ${action} refused ${code}`);
    }
  }

  private async call(
    { actuation }: ServerProcess,
    { number, action, actuator, key: idempotencyKey, order }: Request,
  ): Promise<{ executionId: string | undefined; commandId: string | undefined }> {
    const by = { organizationId: 1, actor: `user:${number}` };
    const { id: actuatorId } = actuator;
    const asked = { ...order, actuatorId, idempotencyKey };
    const of = (command: Command) => ({ executionId: command.executionId, commandId: command.id });
    const nothing = { executionId: undefined, commandId: undefined };
    switch (action) {
      case "run": {
        const { executionId, command } = await requestRun(actuation, by, asked);
        return { executionId, commandId: command?.id };
      }
      case "stop":
      case "trip":
        return of(await requestStop(actuation, by, asked));
      case "release":
        return of(await releaseHold(actuation, by, asked));
      case "reset":
        return of(await resetTrip(actuation, by, asked));
      case "set":
        return of(await requestSet(actuation, by, { ...asked, value: Number(order.value) }));
      case "mode":
        await changeActuator(actuation, by, actuatorId, {
          mode: { mode: order.mode as "auto", person: "Ada", isAdministrator: true },
        });
        return nothing;
      case "envelope":
        await changeActuator(actuation, by, actuatorId, { envelope: order });
        return nothing;
      case "stop-site":
        await stopSite(actuation, by, { siteId: SITE_ID, idempotencyKey });
        return nothing;
      case "end-site":
        await releaseSite(actuation, by, { siteId: SITE_ID, idempotencyKey });
        return nothing;
    }
  }
}
