import Fastify from "fastify";
import { expect, test } from "vitest";
import { sendColumns, sendCsv, sendDevices } from "./telemetry-answer.ts";
import type { Table } from "./telemetry-columns.ts";

/** Long enough to be streamed in many pieces, with gaps. */
const ROWS = 60_001;
const table: Table = {
  timesMicros: Float64Array.from({ length: ROWS }, (_, row) => row * 1_000_000 + (row % 2)),
  columns: [
    { key: "n", valueAt: (row) => (row % 3 === 0 ? null : row / 3) },
    { key: 'word "a"', valueAt: (row) => (row % 5 === 0 ? `row, ${row}` : null) },
  ],
};

async function answerOf(send: (reply: Parameters<typeof sendCsv>[0]) => unknown) {
  const app = Fastify();
  app.get("/", (_request, reply) => send(reply));
  const answer = await app.inject("/");
  await app.close();
  return answer;
}

test("a long answer in pieces is the JSON that one piece would have been", async () => {
  const answer = await answerOf((reply) => sendColumns(reply, { device: "a" }, table));
  expect(answer.headers["content-length"]).toBeUndefined();
  const rows = Array.from(table.timesMicros).map((_, row) => row);
  expect(answer.json()).toEqual({
    device: "a",
    ts: Array.from(table.timesMicros).map((micros) => micros / 1000),
    series: Object.fromEntries(table.columns.map(({ key, valueAt }) => [key, rows.map(valueAt)])),
  });
});

test("several devices in pieces are the JSON that one piece would have been", async () => {
  const short = { timesMicros: [1000], columns: [{ key: "n", valueAt: () => 1 }] };
  const devices = [
    { head: { device: "a" }, table: short },
    { head: { device: "b" }, table },
  ];
  const answer = await answerOf((reply) => sendDevices(reply, { from: "x" }, devices));
  expect(answer.headers["content-length"]).toBeUndefined();
  const { from, devices: told } = answer.json();
  expect([from, told.length, told[1].device, told[1].ts.length]).toEqual(["x", 2, "b", ROWS]);
  expect(told[0]).toEqual({ device: "a", ts: [1], series: { n: [1] } });
  expect((await answerOf((reply) => sendDevices(reply, { from: "x" }, []))).json()).toEqual({ from: "x", devices: [] });
});

test("a long CSV has every row once, in order", async () => {
  const lines = (await answerOf((reply) => sendCsv(reply, table))).body.split("\r\n");
  expect(lines).toHaveLength(ROWS + 2);
  expect(lines[0]).toBe('timestamp,n,"word ""a"""');
  expect(lines[1]).toBe('1970-01-01T00:00:00.000Z,,"row, 0"');
  expect(lines[2]).toBe(`1970-01-01T00:00:01.000001Z,${1 / 3},`);
  expect(lines[ROWS]).toBe('1970-01-01T16:40:00.000Z,,"row, 60000"');
});

test("an answer without rows has its columns all the same", async () => {
  const empty = { timesMicros: [], columns: table.columns };
  expect((await answerOf((reply) => sendColumns(reply, {}, empty))).body).toContain('"ts":[],"series":{"n":[],');
});
