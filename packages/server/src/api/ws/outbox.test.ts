import { describe, expect, it } from "vitest";
import { Outbox, type OutgoingSocket } from "./outbox.ts";

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

const LIMITS = { highWaterBytes: 1, maxWaiting: 3 };
const change = (id: string, version: number) => ({ type: "change", id, version });

function make() {
  const socket = new SlowSocket();
  let overflows = 0;
  const outbox = new Outbox({ socket, onOverflow: () => overflows++, limits: LIMITS });
  const put = (id: string, version: number) => outbox.putChange(id, change(id, version));
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
    expect(overflows()).toBe(1);
    outbox.putSnapshot({ type: "snapshot" });
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
    outbox.putSnapshot({ type: "snapshot" });
    socket.drain();
    socket.drain();
    expect(socket.sent.map(({ type }) => type)).toEqual(["change", "snapshot"]);
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
  const outbox = new Outbox({ socket, onOverflow: () => {} });
  outbox.putChange("a", change("a", 1));
  expect(socket.sent).toBe(1);
});
