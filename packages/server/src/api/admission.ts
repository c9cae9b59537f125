import { SluiceError } from "@sluice/core/errors.ts";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { placeOf } from "../platform/address-place.ts";
import type { Clock } from "../platform/clock.ts";
import { isUrgent } from "./rate-limits.ts";

/**
 * One event loop serves the API and takes readings in. What is begun and under way in it at once is what a reading has to wait
 * behind, so only so many requests are worked on at the same time, and begun in one turn of the loop; the others wait outside.
 * How many, the loop says itself: fewer while it is late, more while it only waits for the database.
 */
export interface AdmissionLimits {
  /** Requests worked on at once at most: the statements of each compete with those of flushes for the same cores. */
  readonly maxWorking: number;
  /** A timer that is so much late says that the loop has too much to do: half as many from then on, one at least. */
  readonly lateMs: number;
  /** Requests that wait, of one caller and of all; past either the next one is refused with 503. */
  readonly maxWaitingOfOne: number;
  readonly maxWaiting: number;
  /** Whoever has waited this long is refused with 503. */
  readonly maxWaitMs: number;
  /** A request that is worked on for longer waits for something other than the loop: its place is another's from then on. */
  readonly longMs: number;
  /** Of one caller; what is more keeps its place. */
  readonly maxLongOfOne: number;
}

export const ADMISSION_LIMITS: AdmissionLimits = {
  maxWorking: 4,
  lateMs: 2,
  maxWaitingOfOne: 200,
  maxWaiting: 2_000,
  maxWaitMs: 5_000,
  longMs: 1_000,
  maxLongOfOne: 16,
};

/** How often the loop is asked, while somebody waits. */
export const ASKED_EVERY_MS = 10;
const RETRY_MS = 1_000;

declare module "fastify" {
  interface FastifyRequest {
    /** Gives back the place in `Admission` that it takes until its answer is made. */
    releasePlace: (() => void) | undefined;
    /** For an answer that goes on and on, past all hooks: gives the place back now. */
    leavePlace: () => void;
  }
  interface FastifyContextConfig {
    /** Waits for something other than this server's own work, within limits of its own: takes no place here. */
    waitsElsewhere?: boolean;
  }
}

interface Waiter {
  readonly admit: () => void;
}

/**
 * Lets so many in at once; those who wait have their turn caller by caller, so that one who asks a lot waits for themselves.
 *
 *   asked → working                    while there is a place, and nobody waits
 *   asked → waiting → working          in their caller's turn
 *                     working → long    after `longMs`: goes on, and takes no place
 *                   → refused          after `maxWaitMs`
 *   asked → refused                    when too many wait
 */
export class Admission {
  private readonly clock: Clock;
  private readonly limits: AdmissionLimits;
  private readonly nextTurn: (callback: () => void) => void;
  /** By caller; the caller who was served last stands last. */
  private readonly queues = new Map<string, Set<Waiter>>();
  /** By caller: how many of theirs are long under way. */
  private readonly long = new Map<string, number>();
  /** Requests that may be worked on at once, and begun in one turn. */
  private places: number;
  private begunInTurn = 0;
  private isTurnAwaited = false;
  private isLoopAsked = false;
  private workingCount = 0;
  private waitingCount = 0;
  private refusedCount = 0;

  constructor(
    clock: Clock,
    limits: AdmissionLimits = ADMISSION_LIMITS,
    nextTurn: (callback: () => void) => void = setImmediate,
  ) {
    this.clock = clock;
    this.limits = limits;
    this.nextTurn = nextTurn;
    this.places = limits.maxWorking;
  }

  get working(): number {
    return this.workingCount;
  }

  get waiting(): number {
    return this.waitingCount;
  }

  get refused(): number {
    return this.refusedCount;
  }

  /** Resolves once there is a place, which `leave` gives back. Throws `server.busy`. */
  enter(caller: string): Promise<void> | undefined {
    if (this.waitingCount === 0 && this.hasPlace()) {
      this.begin();
      return undefined;
    }
    const queue = this.queues.get(caller) ?? new Set();
    if (queue.size >= this.limits.maxWaitingOfOne || this.waitingCount >= this.limits.maxWaiting) throw this.busy();
    this.queues.set(caller, queue);
    this.waitingCount++;
    this.askLoop();
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        admit: () => {
          cancel();
          resolve();
        },
      };
      const cancel = this.clock.after(this.limits.maxWaitMs, () => {
        this.remove(caller, queue, waiter);
        reject(this.busy());
      });
      queue.add(waiter);
    });
  }

  /** For who has entered: takes the place until the answer is called, or until that has taken long. */
  hold(caller: string): () => void {
    let isLong = false;
    let isOver = false;
    const cancel = this.clock.after(this.limits.longMs, () => {
      const count = this.long.get(caller) ?? 0;
      if (count >= this.limits.maxLongOfOne) return;
      isLong = true;
      this.long.set(caller, count + 1);
      this.leave();
    });
    return () => {
      if (isOver) return;
      isOver = true;
      cancel();
      if (isLong) this.endLong(caller);
      else this.leave();
    };
  }

  private endLong(caller: string): void {
    const left = this.long.get(caller)! - 1;
    if (left === 0) this.long.delete(caller);
    else this.long.set(caller, left);
  }

  leave(): void {
    this.workingCount--;
    if (this.waitingCount > 0) this.awaitTurn();
  }

  private hasPlace(): boolean {
    return this.workingCount < this.places && this.begunInTurn < this.places;
  }

  private begin(): void {
    this.workingCount++;
    this.begunInTurn++;
    this.awaitTurn();
  }

  /** What else is ready in this turn goes before those who wait. */
  private awaitTurn(): void {
    if (this.isTurnAwaited) return;
    this.isTurnAwaited = true;
    this.nextTurn(() => {
      this.isTurnAwaited = false;
      this.begunInTurn = 0;
      while (this.waitingCount > 0 && this.hasPlace()) this.admitNext();
    });
  }

  private admitNext(): void {
    const [next] = this.queues;
    const [caller, queue] = next!;
    const [waiter] = queue;
    this.remove(caller, queue, waiter!);
    if (queue.size > 0) {
      this.queues.delete(caller);
      this.queues.set(caller, queue);
    }
    this.begin();
    waiter!.admit();
  }

  private remove(caller: string, queue: Set<Waiter>, waiter: Waiter): void {
    queue.delete(waiter);
    this.waitingCount--;
    if (queue.size === 0) this.queues.delete(caller);
  }

  /** A timer that comes in time says that the loop has time left; one that is late says the opposite. */
  private askLoop(): void {
    if (this.isLoopAsked) return;
    this.isLoopAsked = true;
    const askedMs = this.clock.monotonicMs();
    this.clock.after(ASKED_EVERY_MS, () => {
      this.isLoopAsked = false;
      const isLate = this.clock.monotonicMs() - askedMs - ASKED_EVERY_MS > this.limits.lateMs;
      this.places = isLate ? Math.max(1, this.places >> 1) : Math.min(this.limits.maxWorking, this.places + 1);
      if (this.waitingCount === 0) return;
      this.askLoop();
      this.awaitTurn();
    });
  }

  private busy(): SluiceError {
    this.refusedCount++;
    return new SluiceError("unavailable", "server.busy", "More is asked than can be answered now; try again.", {
      retryAfterMs: RETRY_MS,
    });
  }
}

/** Requests take a place once their body is read and checked, and give it back when their answer is made, not when it is read. */
export function admitInTurn(app: FastifyInstance, admission: Admission): void {
  app.decorateRequest("releasePlace", undefined);
  app.decorateRequest("leavePlace", function leavePlace() {
    this.releasePlace?.();
  });
  app.addHook("preHandler", async (request) => {
    const { access, waitsElsewhere } = request.routeOptions.config;
    if (access === "own" || waitsElsewhere || request.is404 || isUrgent(request)) return;
    const caller = callerOf(request);
    await admission.enter(caller);
    request.releasePlace = admission.hold(caller);
  });
  const leave = async (request: FastifyRequest) => request.leavePlace();
  app.addHook("onSend", leave);
  // An answer that somebody else writes passes no `onSend`.
  app.addHook("onResponse", leave);
}

/** By whom a request waits for its turn. */
export function callerOf({ principal, ip }: FastifyRequest): string {
  if (principal === undefined) return placeOf(ip);
  return principal.kind === "user" ? principal.userId : principal.clientId;
}
