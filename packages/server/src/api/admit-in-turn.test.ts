import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ManualClock } from "../actuation/testing/manual-clock.ts";
import { ADMISSION_LIMITS, Admission, admitInTurn } from "./admission.ts";

let app: FastifyInstance;
let door: Admission;
/** Lets a slow request be answered. */
let answers: (() => void)[];

beforeEach(async () => {
  app = Fastify();
  app.decorateRequest("principal", undefined);
  door = new Admission(new ManualClock(), { ...ADMISSION_LIMITS, maxWorking: 1 });
  admitInTurn(app, door);
  answers = [];
  const slow = () => new Promise((resolve) => answers.push(() => resolve({ done: true })));
  const at = (url: string, config: object) => app.post(url, { config }, slow);
  at("/slow", { access: "public" });
  at("/elsewhere", { access: "public", waitsElsewhere: true });
  at("/readings", { access: "own" });
  at("/health", { access: "public", cost: 0 });
  at("/commands", { access: "public", isStop: (body: unknown) => (body as { kind: string }).kind === "STOP" });
  app.post("/failing", { config: { access: "public" } }, async () => {
    throw new Error("failed");
  });
  app.get("/endless", { config: { access: "public" } }, (request, reply) => {
    reply.hijack();
    request.leavePlace();
    reply.raw.write("and so on");
    answers.push(() => reply.raw.end());
  });
  await app.ready();
});
afterEach(() => app.close());

const post = (url: string, payload: object = {}) => app.inject({ method: "POST", url, payload });
const settle = async () => {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
};

test("one waits for the other, and takes its place when that is answered", async () => {
  const both = [post("/slow"), post("/slow")];
  await settle();
  expect([answers.length, door.working, door.waiting]).toEqual([1, 1, 1]);
  answers[0]!();
  await settle();
  expect([answers.length, door.working, door.waiting]).toEqual([2, 1, 0]);
  answers[1]!();
  expect((await Promise.all(both)).map(({ statusCode }) => statusCode)).toEqual([200, 200]);
  expect(door.working).toBe(0);
});

test.each([
  ["readings", "/readings", {}],
  ["a STOP", "/commands", { kind: "STOP" }],
  ["whoever asks how the server is", "/health", {}],
  ["what waits elsewhere", "/elsewhere", {}],
])("%s: goes on at once, however much is worked on", async (_, url, payload) => {
  const slow = post("/slow");
  await settle();
  const urgent = post(url, payload);
  await settle();
  expect([answers.length, door.working]).toEqual([2, 1]);
  for (const answer of answers) answer();
  await Promise.all([slow, urgent]);
});

test("a command that stops nothing waits like the others", async () => {
  const both = [post("/slow"), post("/commands", { kind: "RUN" })];
  await settle();
  expect([answers.length, door.waiting]).toEqual([1, 1]);
  answers[0]!();
  await settle();
  answers[1]!();
  await Promise.all(both);
});

test("what fails, or is nowhere, keeps no place", async () => {
  for (let asked = 0; asked < 3; asked++) expect((await post("/failing")).statusCode).toBe(500);
  expect((await post("/nowhere")).statusCode).toBe(404);
  expect(door.working).toBe(0);
});

test("an answer that goes on and on keeps no place once it has begun", async () => {
  const endless = app.inject({ url: "/endless" });
  await settle();
  expect([answers.length, door.working]).toEqual([1, 0]);
  answers[0]!();
  await endless;
  expect(door.working).toBe(0);
});
