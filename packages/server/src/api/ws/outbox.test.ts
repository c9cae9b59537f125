import { describe, expect, it } from "vitest";
import type { MessageText } from "./messages.ts";
import { Outbox, type OutgoingSocket, SendBudget } from "./outbox.ts";

/** A socket whose consumer reads when a test says so. */
class SlowSocket implements OutgoingSocket {
  bufferedAmount = 0;
  readonly sent: Record<string, unknown>[] = [];
  private onWritten: ((error?: Error) => void)[] = [];

  send(text: string, onWritten: (error?: Error) => void): void {
    this.bufferedAmount += text.length;
    this.sent.push(JSON.parse(text));
    this.onWritten.push(onWritten);
  }

  drain(): void {
    this.bufferedAmount = 0;
    for (const written of this.onWritten.splice(0)) written();
  }
}

const text = (message: object) => () => JSON.stringify(message) as MessageText;
const LIMITS = { highWaterBytes: 1, maxWaiting: 3 };
const change = (id: string, version: number) => ({ type: "change", id, version });

function make() {
  const socket = new SlowSocket();
  const overflows: (number | undefined)[] = [];
  const onOverflow = (reached: number | undefined) => overflows.push(reached);
  const outbox = new Outbox({ socket, streamId: "s", onOverflow, limits: LIMITS });
  const put = (id: string, version: number) => outbox.putChange(id, text(change(id, version)));
  return { socket, outbox, put, overflows: () => overflows };
}

describe("a slow consumer", () => {
  it("gets of each thing only the latest state, and messages without a gap in their numbers", () => {
    const { socket, put } = make();
    put("a", 1);
    for (let version = 1; version <= 100; version++) for (const id of ["a", "b"]) put(id, version + 1);
    expect(socket.sent).toEqual([{ seq: 1, ...change("a", 1) }]);
    socket.drain();
    socket.drain();
    expect(socket.sent.slice(1)).toEqual([
      { seq: 2, ...change("a", 101) },
      { seq: 3, ...change("b", 101) },
    ]);
  });

  it("for which too many things wait asks for a snapshot once, and then gets that instead", () => {
    const { socket, outbox, put, overflows } = make();
    put("first", 1);
    for (let id = 0; id < 50; id++) put(`${id}`, 1);
    expect(overflows()).toEqual([]);
    socket.drain();
    expect(overflows()).toEqual([undefined]);
    outbox.putSnapshot(text({ type: "snapshot" }));
    put("after", 2);
    socket.drain();
    socket.drain();
    expect(socket.sent.slice(1)).toEqual([
      { seq: 2, type: "snapshot" },
      { seq: 3, ...change("after", 2) },
    ]);
  });

  it("gets no change that was read before its snapshot", () => {
    const { socket, outbox, put } = make();
    put("first", 1);
    put("old", 1);
    outbox.putSnapshot(text({ type: "snapshot" }));
    socket.drain();
    socket.drain();
    expect(socket.sent.map(({ type }) => type)).toEqual(["change", "snapshot"]);
  });
});

describe("a cursor", () => {
  it("goes with messages once everything up to it has been sent, so that who has seen it has seen all before it", () => {
    const { socket, outbox, put } = make();
    outbox.reach(7);
    put("a", 1);
    put("b", 1);
    put("c", 1);
    outbox.reach(9);
    socket.drain();
    socket.drain();
    put("d", 1);
    socket.drain();
    expect(socket.sent.map(({ id, cursor }) => [id, cursor])).toEqual([
      ["a", "s-7"],
      ["b", undefined],
      ["c", "s-9"],
      ["d", "s-9"],
    ]);
  });

  it("from before what was dropped is where the snapshot for it begins", () => {
    const { socket, outbox, put, overflows } = make();
    outbox.reach(7);
    put("first", 1);
    for (let id = 0; id < 50; id++) put(`${id}`, 1);
    outbox.reach(60);
    socket.drain();
    expect(overflows()).toEqual([7]);
  });
});

describe("devices", () => {
  it("that change while a consumer is slow wait once each, and go out together as they are by then", () => {
    const { socket, outbox } = make();
    const states = ["a", "b"].map((device) => ({ text: `{"device":"${device}","n":0}` }));
    outbox.putStatesSnapshot(states);
    for (let n = 1; n <= 100; n++) {
      for (const state of states) state.text = state.text.replace(/\d+/, `${n}`);
      outbox.putStates(states);
    }
    expect(outbox.isWaiting).toBe(true);
    socket.drain();
    expect(outbox.isWaiting).toBe(false);
    expect(socket.sent.map(({ snapshot, items }) => [snapshot, items])).toEqual([
      [
        true,
        [
          { device: "a", n: 0 },
          { device: "b", n: 0 },
        ],
      ],
      [
        undefined,
        [
          { device: "a", n: 100 },
          { device: "b", n: 100 },
        ],
      ],
    ]);
  });
});

describe("when all connections together have sent as much as they may", () => {
  it("only those that read get more, until a stalled one is gone", () => {
    const budget = new SendBudget(100);
    const limits = { highWaterBytes: 1_000_000, maxWaiting: 10 };
    const open = (socket: SlowSocket) => new Outbox({ socket, streamId: "s", onOverflow: () => {}, limits, budget });
    const [stalled, reading] = [new SlowSocket(), new SlowSocket()];
    const [one, other] = [open(stalled), open(reading)];
    for (let id = 0; id < 9; id++) one.putChange(`${id}`, text(change(`${id}`, 1)));
    expect(stalled.sent.length).toBeLessThan(5);
    for (let id = 0; id < 9; id++) {
      other.putChange(`${id}`, text(change(`${id}`, 1)));
      reading.drain();
    }
    expect(reading.sent.length).toBe(9);
    one.close();
    expect(budget.isSpent).toBe(false);
  });
});

it("nothing more is written to a socket that has failed", () => {
  const socket: OutgoingSocket & { sent: number } = {
    sent: 0,
    bufferedAmount: 0,
    send(_text, onWritten) {
      this.sent++;
      onWritten(new Error("broken"));
    },
  };
  const outbox = new Outbox({ socket, streamId: "s", onOverflow: () => {} });
  outbox.putChange("a", text(change("a", 1)));
  expect(socket.sent).toBe(1);
});
