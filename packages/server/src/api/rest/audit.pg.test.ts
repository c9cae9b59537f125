import { afterAll, beforeAll, expect, test } from "vitest";
import { recordAuditEvent } from "../../auth/index.ts";
import { inTransaction } from "../../platform/postgres.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

let sluice: TestApp;
beforeAll(async () => {
  sluice = await createTestApp();
});
afterAll(() => sluice.close());

const audit = (query = "", headers = {}) => sluice.ask({ url: `/api/v1/audit${query}`, headers });

test("a change is told with who did it, from where, and what was before", async () => {
  const url = "/api/v1/devices/told";
  await sluice.ask({ method: "POST", url: "/api/v1/devices", payload: { uid: "told", profile: "generic" } });
  await sluice.ask({ method: "PATCH", url, payload: { name: "New" }, remoteAddress: "192.0.2.7" });
  const [entry] = (await audit("?action=device.update")).json();
  expect(entry).toMatchObject({
    actorName: "admin@example.org",
    action: "device.update",
    before: { name: "told" },
    after: { name: "New" },
    address: "192.0.2.7",
  });
  expect(entry.actor).toMatch(/^user:/);
  const bySubject = (await audit(`?subject=${entry.subject}`)).json();
  expect(bySubject.map(({ action }: { action: string }) => action)).toEqual(["device.update", "device.register"]);
  expect((await audit(`?actor=${entry.actor}&action=device.`)).json()).toHaveLength(2);
  expect((await audit("?subject=dev")).json()).toEqual([]);
});

test("entries come in pages, of a time, and to administrators only", async () => {
  const since = new Date().toISOString();
  for (const name of ["One", "Two", "Three"]) {
    await sluice.ask({ method: "PATCH", url: "/api/v1/organization", payload: { name } });
  }
  const first = await audit(`?subject=organization&from=${since}&limit=2`);
  expect(first.json().map(({ after }: { after: { name: string } }) => after.name)).toEqual(["Three", "Two"]);
  const next = /<([^>]+)>/.exec(String(first.headers.link))![1]!;
  expect((await sluice.ask({ url: next })).json()).toMatchObject([{ after: { name: "One" } }]);
  expect((await audit(`?subject=organization&to=${since}`)).json()).toEqual([]);
  expect((await sluice.ask({ url: "/api/v1/audit", as: "scientist" })).statusCode).toBe(403);
});

test("an export is a file of all that matches, in which no cell is a formula", async () => {
  const { id } = (await sluice.ask({ url: "/api/v1/organization" })).json();
  const event = { action: "note.write", subject: "note:1", after: 'a "quoted", text' };
  await inTransaction(sluice.database.pool, (client) =>
    recordAuditEvent(client, { organizationId: id, actor: "=cmd()" }, event),
  );
  const file = await audit("?action=note.", { accept: "text/csv" });
  expect(file.headers["content-type"]).toBe("text/csv; charset=utf-8; header=present");
  const [head, line, end] = file.body.split("\r\n");
  expect(head).toBe("id,at,actor,actorName,action,subject,address,before,after");
  expect(line).toMatch(/^\d+,[^,]+Z,'=cmd\(\),,note\.write,note:1,,,"a ""quoted"", text"$/);
  expect(end).toBe("");
});

test.each(["update audit_event set actor = 'nobody'", "delete from audit_event", "truncate audit_event"])(
  "%s is refused by the database",
  async (statement) => {
    await expect(sluice.database.pool.query(statement)).rejects.toThrow("the audit is append-only");
  },
);
