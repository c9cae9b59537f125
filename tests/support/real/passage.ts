/**
 * Something that passes a proxy on its way between device, server and database: a commit or an MQTT packet. Tests are asked
 * about each of them, before and after it is passed on, and may let the world end there.
 */
export interface Passage {
  readonly where: "database" | "link";
  /** Such as "COMMIT command+command_event", or "PUBLISH evidence RUNNING". */
  readonly what: string;
  /**
   * A COMMIT: before it is forwarded, and after PostgreSQL has answered but nobody has heard it. A packet: before it is
   * forwarded, and once it is written. What commits by itself, outside any transaction, is only known afterwards.
   */
  readonly side: "before" | "after";
  /** Of the device, on the link. */
  readonly uid?: string;
  /** Of a PUBLISH. */
  readonly message?: Transmission | undefined;
  /** Number of the server whose connection to the database it is, from 0. */
  readonly server?: number;
}

export type Direction = "to-device" | "to-server";

/** A PUBLISH as it was handed on to a device or to the server. */
export interface Transmission {
  readonly uid: string;
  readonly direction: Direction;
  /** Such as "command". */
  readonly channel: string;
  readonly payload: string;
  /** Number of the connection it went over, from 1. */
  readonly session: number;
  /** False: the proxy itself sent it. */
  readonly isOriginal: boolean;
}

/**
 * pass       go on
 * drop       this is lost, and the connection stays
 * cut        this is lost, and the connection is reset on both sides
 * half-open  this and all that follows is lost; the side that sent it is reset, the other hears nothing of it
 * mute       nothing passes this connection any more, in either direction, and it stays
 */
export type Verdict = "pass" | "drop" | "cut" | "half-open" | "mute";

export type Tap = (passage: Passage) => Verdict | Promise<Verdict>;

export const passAll: Tap = () => "pass";

/** One place in a life at which something may be done to it. */
export interface Point extends Pick<Passage, "where" | "what" | "side"> {
  /** Which of its kind since the life began, from 1. */
  readonly occurrence: number;
}

export function pointName({ side, what, occurrence, where }: Point): string {
  return `${side} ${what} #${occurrence} (${where})`;
}

/** Writes down every place that a life passes. */
export class Recorder {
  readonly points: Point[] = [];
  private readonly counter = new PassageCounter();

  readonly tap: Tap = (passage) => {
    const { where, what, side } = passage;
    this.points.push({ where, what, side, occurrence: this.counter.count(passage) });
    return "pass";
  };
}

/** Does something at one place, once. */
export class Trigger {
  hasFired = false;
  private readonly point: Point;
  private readonly act: (passage: Passage) => Verdict | Promise<Verdict>;
  private readonly counter = new PassageCounter();

  constructor(point: Point, act: (passage: Passage) => Verdict | Promise<Verdict>) {
    this.point = point;
    this.act = act;
  }

  readonly tap: Tap = (passage) => {
    const occurrence = this.counter.count(passage);
    const { where, what, side } = this.point;
    const isHere = passage.where === where && passage.what === what && passage.side === side;
    if (this.hasFired || !isHere || occurrence !== this.point.occurrence) return "pass";
    this.hasFired = true;
    return this.act(passage);
  };
}

class PassageCounter {
  private readonly counts = new Map<string, number>();

  count({ where, what, side }: Passage): number {
    const key = `${where} ${side} ${what}`;
    const count = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, count);
    return count;
  }
}
