import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AlertState,
  type AlertStep,
  acknowledge,
  beginPending,
  clear,
  comment,
  endShelf,
  fire,
  MAX_SHELF_MS,
  reAlarm,
  resolve,
  shelve,
  unshelve,
} from "./alert.ts";

const PLAIN = { isLatched: false };
const LATCHED = { isLatched: true };
const MINUTE_MICROS = 60_000_000;

const firing = (policy = PLAIN): AlertState => fire(undefined, 1, policy).after!;
const after = (step: AlertStep): AlertState => step.after!;

describe("an alert", () => {
  it("is told when it fires and when it resolves, and is closed then", () => {
    const fired = fire(undefined, 1, PLAIN);
    expect(fired).toMatchObject({ event: "fired", isTold: true, after: { phase: "firing", occurrences: 1 } });
    const resolved = resolve(fired.after, 1);
    expect(resolved).toMatchObject({ event: "resolved", isTold: true, after: { phase: "resolved", isOpen: false } });
  });

  it("is pending before it fires, and tells nobody when it lapses", () => {
    const pending = beginPending(undefined, 4);
    expect(pending).toMatchObject({ event: undefined, isTold: false, after: { phase: "pending", occurrences: 0 } });
    expect(resolve(pending.after, 4)).toEqual({ after: undefined, event: undefined, isTold: false });
    expect(fire(pending.after, 4, PLAIN)).toMatchObject({ event: "fired", after: { occurrences: 1, episode: 4 } });
  });

  it("is not moved by an episode that it has seen", () => {
    const state = after(fire(undefined, 3, PLAIN));
    for (const step of [fire(state, 3, PLAIN), fire(state, 2, PLAIN), resolve(state, 2), beginPending(state, 4)]) {
      expect(step).toEqual({ after: state, event: undefined, isTold: false });
    }
  });

  it("that was acknowledged is closed when it resolves, latched or not", () => {
    for (const policy of [PLAIN, LATCHED]) {
      const acknowledged = acknowledge(firing(policy));
      expect(acknowledged).toMatchObject({ event: "acknowledged", isTold: true, after: { phase: "firing" } });
      expect(after(resolve(acknowledged.after, 1)).isOpen).toBe(false);
    }
  });
});

describe("a latched alert", () => {
  const latched = after(resolve(firing(LATCHED), 1));

  it("stays open after its condition until it is acknowledged", () => {
    expect(latched).toMatchObject({ phase: "resolved", isOpen: true });
    expect(after(acknowledge(latched)).isOpen).toBe(false);
  });

  it("is ended by a person who clears it", () => {
    expect(clear(latched)).toMatchObject({ event: "cleared", isTold: true, after: { isOpen: false } });
  });

  it("counts up when it fires again, and is told again", () => {
    expect(fire(latched, 2, LATCHED)).toMatchObject({
      event: "fired",
      isTold: true,
      after: { phase: "firing", occurrences: 2, firstEpisode: 1, episode: 2 },
    });
  });
});

describe("a shelved alert", () => {
  const shelved = after(shelve(firing(), MINUTE_MICROS, 0));

  it("tells nobody, whatever happens to it", () => {
    const resolved = resolve(shelved, 1);
    const again = fire(resolved.after, 2, PLAIN);
    for (const step of [resolved, again, reAlarm(shelved), acknowledge(shelved), clear(after(resolved))]) {
      expect(step.isTold).toBe(false);
    }
  });

  it("stays open until its shelf ends, and is the same alert when it fires again meanwhile", () => {
    const resolved = after(resolve(shelved, 1));
    expect(resolved.isOpen).toBe(true);
    expect(after(fire(resolved, 2, PLAIN))).toMatchObject({ phase: "firing", occurrences: 2 });
    expect(endShelf(resolved, MINUTE_MICROS)).toMatchObject({ isTold: false, after: { isOpen: false } });
  });

  it("says so when it comes back and still fires", () => {
    const back = { event: "unshelved", isTold: true, after: { phase: "firing", shelvedUntilMicros: undefined } };
    expect(endShelf(shelved, MINUTE_MICROS)).toMatchObject(back);
    expect(unshelve(shelved)).toMatchObject(back);
  });

  it("does not come back before its time", () => {
    expect(endShelf(shelved, MINUTE_MICROS - 1)).toEqual({ after: shelved, event: undefined, isTold: false });
  });

  it("that must be acknowledged anew says so too when it comes back resolved", () => {
    const latched = after(resolve(after(shelve(firing(LATCHED), MINUTE_MICROS, 0)), 1));
    expect(endShelf(latched, MINUTE_MICROS)).toMatchObject({ isTold: true, after: { isOpen: true } });
  });
});

describe("what nobody has acknowledged", () => {
  it("is told again while it fires, and not after somebody cared", () => {
    expect(reAlarm(firing())).toMatchObject({ event: "re-alarmed", isTold: true });
    const calm = [acknowledge(firing()), resolve(firing(LATCHED), 1), shelve(firing(), MINUTE_MICROS, 0)];
    for (const step of calm) expect(reAlarm(after(step)).event).toBeUndefined();
  });
});

describe("a step that is not possible is refused", () => {
  const pending = after(beginPending(undefined, 1));
  const closed = after(resolve(firing(), 1));
  const refusals: readonly (readonly [string, string, () => AlertStep])[] = [
    ["acknowledging what is pending", "alert.pending", () => acknowledge(pending)],
    ["clearing what is pending", "alert.pending", () => clear(pending)],
    ["shelving what is pending", "alert.pending", () => shelve(pending, 1, 0)],
    ["commenting on what is pending", "alert.pending", () => comment(pending)],
    ["acknowledging twice", "alert.acknowledged", () => acknowledge(after(acknowledge(firing())))],
    ["acknowledging what is closed", "alert.closed", () => acknowledge(closed)],
    ["clearing what is closed", "alert.closed", () => clear(closed)],
    ["shelving what is closed", "alert.closed", () => shelve(closed, 1, 0)],
    ["clearing what still fires", "alert.firing", () => clear(firing())],
    ["taking from the shelf what is not on it", "alert.not_shelved", () => unshelve(firing())],
    ["a shelf that ends at once", "alert.shelf_invalid", () => shelve(firing(), 5, 5)],
    ["a shelf of more than a week", "alert.shelf_invalid", () => shelve(firing(), MAX_SHELF_MS * 1000 + 1, 0)],
    ["a shelf without an end", "alert.shelf_invalid", () => shelve(firing(), Number.NaN, 0)],
  ];

  it.each(refusals)("%s: %s", (_what, code, step) => {
    expect(step).toThrow(expect.objectContaining({ code }));
  });

  it("but what is closed can be commented on", () => {
    expect(comment(closed)).toEqual({ after: closed, event: "commented", isTold: false });
  });
});

/** Whatever the pipeline and people do in whatever order. */
type Act = "pend" | "fire" | "resolve" | "acknowledge" | "clear" | "shelve" | "unshelve" | "time" | "re-alarm";
const acts = fc.array(
  fc.constantFrom<Act>("pend", "fire", "resolve", "acknowledge", "clear", "shelve", "unshelve", "time", "re-alarm"),
  { maxLength: 80 },
);

interface World {
  readonly alerts: AlertState[];
  readonly steps: { readonly before: AlertState | undefined; readonly step: AlertStep }[];
  readonly fired: number[];
}

/** Transitions come as the pipeline makes them: episodes in order, each with at most one firing and one resolved. */
function live(sequence: readonly Act[], isLatched: boolean): World {
  const world: World = { alerts: [], steps: [], fired: [] };
  let state: AlertState | undefined;
  let episode = 0;
  let phase: "normal" | "pending" | "firing" = "normal";
  let nowMicros = 0;
  const take = (step: AlertStep) => {
    world.steps.push({ before: state, step });
    if (step.after !== undefined && !state?.isOpen && step.after !== state) world.alerts.push(step.after);
    else if (step.after === undefined && state !== undefined) world.alerts.pop();
    else if (step.after !== undefined) world.alerts[world.alerts.length - 1] = step.after;
    state = step.after;
  };
  const tryTo = (act: (current: AlertState) => AlertStep) => {
    if (state === undefined) return;
    try {
      take(act(state));
    } catch (error) {
      expect(error).toMatchObject({ code: expect.stringMatching(/^alert\./) });
    }
  };
  for (const act of sequence) {
    nowMicros += MINUTE_MICROS / 10;
    if (act === "pend" && phase === "normal") {
      phase = "pending";
      take(beginPending(state, ++episode));
    } else if (act === "fire" && phase !== "firing") {
      if (phase === "normal") episode++;
      phase = "firing";
      world.fired.push(episode);
      take(fire(state, episode, { isLatched }));
    } else if (act === "resolve" && phase !== "normal") {
      phase = "normal";
      take(resolve(state, episode));
    } else if (act === "acknowledge") tryTo(acknowledge);
    else if (act === "clear") tryTo(clear);
    else if (act === "shelve") tryTo((current) => shelve(current, nowMicros + MINUTE_MICROS, nowMicros));
    else if (act === "unshelve") tryTo(unshelve);
    else if (act === "time") tryTo((current) => endShelf(current, nowMicros));
    else if (act === "re-alarm") tryTo(reAlarm);
  }
  return world;
}

describe("in any sequence of episodes and acts", () => {
  it("no episode is lost or doubled: each that fired is counted in exactly one alert", () => {
    fc.assert(
      fc.property(acts, fc.boolean(), (sequence, isLatched) => {
        const { alerts, fired } = live(sequence, isLatched);
        expect(alerts.reduce((sum, { occurrences }) => sum + occurrences, 0)).toBe(fired.length);
        const counted = alerts.flatMap(({ firstEpisode, episode }) =>
          fired.filter((one) => one >= firstEpisode && one <= episode),
        );
        expect(counted).toEqual(fired);
      }),
    );
  });

  it("at most one alert is open, and it is the newest", () => {
    fc.assert(
      fc.property(acts, fc.boolean(), (sequence, isLatched) => {
        const { alerts } = live(sequence, isLatched);
        expect(alerts.slice(0, -1).filter(({ isOpen }) => isOpen)).toEqual([]);
      }),
    );
  });

  it("a shelved alert tells nobody, and every return from the shelf to a firing alert is told", () => {
    fc.assert(
      fc.property(acts, fc.boolean(), (sequence, isLatched) => {
        for (const { before, step } of live(sequence, isLatched).steps) {
          const isBack = step.event === "unshelved";
          if (before?.isOpen && before.shelvedUntilMicros !== undefined && !isBack) expect(step.isTold).toBe(false);
          if (isBack) expect(step.isTold).toBe(step.after!.isOpen);
          if (isBack && before!.phase === "firing") expect(step.isTold).toBe(true);
        }
      }),
    );
  });

  it("what is open and resolved is held by its latch or its shelf, and what is closed is neither shelved nor firing", () => {
    fc.assert(
      fc.property(acts, fc.boolean(), (sequence, isLatched) => {
        for (const { step } of live(sequence, isLatched).steps) {
          const alert = step.after;
          if (alert === undefined) continue;
          const isHeld = alert.shelvedUntilMicros !== undefined || (alert.isLatched && !alert.isAcknowledged);
          if (alert.phase === "resolved" && alert.isOpen) expect(isHeld).toBe(true);
          if (!alert.isOpen) expect(alert).toMatchObject({ phase: "resolved", shelvedUntilMicros: undefined });
        }
      }),
    );
  });
});
