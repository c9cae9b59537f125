import { isStart } from "../model-store/model-rows.ts";
import type { History } from "./history.ts";
import type { Answered } from "./people.ts";
import type { Surroundings } from "./surroundings.ts";

/** 13 and 14: what people were told is so, and the same key with the same request is always answered with the same command. */
export function judgeAnswers(world: Surroundings, history: History, answers: readonly Answered[]): void {
  judgeKeys(world, history, answers);
  judgeRefusals(history, answers);
  judgePlaced(history, answers);
}

function judgeKeys(world: Surroundings, history: History, answers: readonly Answered[]): void {
  const byKey = Map.groupBy(answers, ({ key, epoch }) => (key === undefined ? undefined : `${key} in ${epoch}`));
  for (const [key, same] of byKey) {
    if (key === undefined || same.some(({ action }) => action.endsWith("site") || action === "mode")) continue;
    const placed = same.filter(({ outcome }) => outcome.kind === "placed" && outcome.executionId !== undefined);
    const bodies = new Set(placed.map(({ body }) => body));
    const executions = new Set(placed.map(({ outcome }) => (outcome.kind === "placed" ? outcome.executionId : "")));
    if (placed.length > 1) world.tally.add("same key answered again");
    if (bodies.size > 1) history.violation(14, `${key} was answered for two requests`);
    if (executions.size > 1) history.violation(14, `${key} led to ${executions.size} executions`);
  }
}

/** Codes after which a request has done nothing, whatever else happens. */
const isRefusal = (code: string): boolean => code.startsWith("actuator.") && code !== "actuator.busy";

function judgeRefusals(history: History, answers: readonly Answered[]): void {
  const starts = [...history.commands.values()].filter(({ first }) => isStart(first) && first.foreignId === null);
  const whoStarted = Map.groupBy(starts, ({ who }) => who);
  for (const { number, action, key, epoch, outcome } of answers) {
    if (action !== "run" || key !== undefined) continue;
    const own = (whoStarted.get(`user:${number}`) ?? []).filter((start) => start.epoch === epoch);
    if (outcome.kind === "refused" && isRefusal(outcome.code) && own.length > 0) {
      history.violation(13, `request ${number} was refused with ${outcome.code}, and has started something`);
    }
    if (own.length > 1) history.violation(11, `request ${number} has started ${own.length} commands`);
  }
}

function judgePlaced(history: History, answers: readonly Answered[]): void {
  for (const { number, outcome } of answers) {
    if (outcome.kind !== "placed" || outcome.commandId === undefined) continue;
    if (!history.commands.has(outcome.commandId)) {
      history.violation(13, `request ${number} was told of ${outcome.commandId}, which was never committed`);
    }
  }
}
