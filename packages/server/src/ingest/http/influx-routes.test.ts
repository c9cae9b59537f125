import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Answer, HttpFixture } from "../testing/http-fixture.ts";

let http: HttpFixture;

beforeEach(() => {
  http = new HttpFixture();
  http.directory.add({ uid: "d1" });
  http.directory.add({ uid: "d2" });
});

afterEach(async () => {
  await http.app.close();
});

function write(lines: string | Buffer, url = "/api/v2/write", headers: Record<string, string> = {}): Promise<Answer> {
  return http.post(url, lines, { "content-type": "text/plain", ...headers });
}

describe("a write", () => {
  test.each(["/api/v2/write?org=o&bucket=b", "/write?db=telegraf"])(
    "to %s is answered 204 once committed",
    async (url) => {
      const { status, text } = await write(
        "m,device=d1 a=1.5 1700000000000000000\nm,device=d2 a=2 1700000000000000000\n",
        url,
      );
      expect([status, text]).toEqual([204, ""]);
      expect(http.stored.map(([uid, { a }]) => [uid, a])).toEqual([
        ["d1", 1.5],
        ["d2", 2],
      ]);
      expect(http.log.stored[0]!.timeMicros).toBe(1_700_000_000_000_000);
    },
  );

  test("of 5,000 lines is one offer", async () => {
    const lines = Array.from({ length: 5_000 }, (_, i) => `m,device=d1 a=${i}i ${i}000`).join("\n");
    expect((await write(lines)).status).toBe(204);
    expect(http.log.offers).toBe(1);
    expect(http.log.stored).toHaveLength(5_000);
  });

  test("may be gzipped, in any precision, and say anything of its type", async () => {
    const body = gzipSync("m,device=d1 a=1 1700000000");
    const { status } = await write(body, "/api/v2/write?precision=s", {
      "content-encoding": "gzip",
      "content-type": "application/x-www-form-urlencoded",
    });
    expect(status).toBe(204);
    expect(http.log.stored[0]!.timeMicros).toBe(1_700_000_000_000_000);
    expect((await write("m,device=d1 a=1 1", "/write?precision=fortnight")).json.message).toMatch(/precision/);
  });

  test("of a Telegraf agent stays apart by its tags", async () => {
    http.directory.add({ uid: "server01" });
    await write(
      "cpu,cpu=cpu0,host=server01 usage_idle=98.5,usage_user=1 1700000000000000000\nmem,host=server01 used=5i 1",
    );
    expect(http.stored).toEqual([
      ["server01", { "cpu.usage_idle[cpu=cpu0]": 98.5, "cpu.usage_user[cpu=cpu0]": 1 }, undefined],
      ["server01", { "mem.used": 5 }, undefined],
    ]);
  });

  test("that is partly bad stores the good lines and names the others, as InfluxDB does", async () => {
    const { status, json } = await write("m,device=d1 a=1 1\nnonsense\n\nm,device=d1 a=2 2\nm,device=dx a=3 3");
    expect(status).toBe(400);
    expect(json).toMatchObject({
      code: "invalid",
      line: 2,
      stored: 2,
      rejected: 2,
      errors: [
        { line: 2, code: "device.uid_missing" },
        { line: 5, code: "device.unknown" },
      ],
    });
    expect(json.message).toMatch(/^partial write: 2 lines stored, dropped=2: line 2: /);
    expect(json.error).toBe(json.message);
    expect(http.log.stored).toHaveLength(2);
  });

  test("names the line that the log refused", async () => {
    http.log.poison = 13;
    const { json } = await write("# comment\nm,device=d1 a=1 1\nm,device=d1 a=13 2\n");
    expect(json.errors).toEqual([{ line: 3, code: "reading.poison", message: "cannot be stored" }]);
  });

  test("of a device's own token is that device's only", async () => {
    const headers = { authorization: "Bearer 1:d1" };
    const { json } = await write("m,device=d2 a=1 1\nm,device=d1 a=2 2", "/write", headers);
    expect(json.errors).toMatchObject([{ line: 1, code: "device.foreign" }]);
    expect(http.stored.map(([uid]) => uid)).toEqual(["d1"]);
  });

  test("registers unknown devices if the key may, all at once", async () => {
    const lines = Array.from({ length: 500 }, (_, i) => `m,device=new${i} a=${i} 1000`).join("\n");
    expect((await write(lines, "/write", { authorization: "Bearer provisioner" })).status).toBe(204);
    expect(http.stored.map(([uid, { a }]) => [uid, a])).toEqual(Array.from({ length: 500 }, (_, i) => [`new${i}`, i]));
    expect(http.directory.lookups).toBeLessThan(8);
  });

  test("with nothing in it is no error", async () => {
    expect((await write("\n# only a comment\n")).status).toBe(204);
    expect((await write("")).status).toBe(204);
    expect(http.log.offers).toBe(0);
  });

  test("with more lines than a request may have stores none of them", async () => {
    const few = new HttpFixture({ maxMessagesPerRequest: 10 });
    few.directory.add({ uid: "d1" });
    const { status, json } = await few.post("/write", "m,device=d1 a=1 1\n".repeat(11));
    expect([status, json.code, json.limit]).toEqual([413, "request too large", 10]);
    expect(few.log.stored).toEqual([]);
    await few.app.close();
  });
});

describe("a token", () => {
  const line = "m,device=d1 a=1 1";

  test.each([
    ["as Bearer", "/write", { authorization: "Bearer client" }],
    ["as InfluxDB 2's Token", "/write", { authorization: "Token client" }],
    ["as InfluxDB 2's user and password", "/write", { authorization: "Token someone:client" }],
    ["as Basic", "/write", { authorization: `Basic ${Buffer.from("someone:client").toString("base64")}` }],
    ["as Basic without a password", "/write", { authorization: `Basic ${Buffer.from("client:").toString("base64")}` }],
    ["in the query", "/write?u=someone&p=client", {}],
    ["in the query as the user", "/write?u=client", {}],
  ])("may come %s", async (_, url, headers) => {
    const { status } = await http.request({ method: "POST", url, payload: line, headers });
    expect(status).toBe(204);
  });

  test("is needed, and InfluxDB's clients are told so in their words", async () => {
    const { status, json, headers } = await http.request({ method: "POST", url: "/write", payload: line });
    expect([status, json.code, headers["www-authenticate"]]).toEqual([401, "unauthorized", 'Bearer realm="sluice"']);
    const powerless = await write(line, "/write", { authorization: "Bearer powerless" });
    expect([powerless.status, powerless.json.code]).toEqual([403, "forbidden"]);
  });
});

describe("what Telegraf asks besides", () => {
  test("its database is created without further ado, in the query or in a form", async () => {
    const url = `/query?q=${encodeURIComponent('CREATE DATABASE "telegraf"')}`;
    expect((await http.post(url, "")).json).toEqual({ results: [{ statement_id: 0 }] });
    const form = "q=CREATE+DATABASE+%22telegraf%22";
    expect((await http.post("/query", form)).json).toEqual({ results: [{ statement_id: 0 }] });
    expect((await http.post("/query?q=DROP+DATABASE+x", "")).status).toBe(400);
  });

  test("ping and health need no token", async () => {
    const ping = await http.request({ method: "GET", url: "/ping" });
    expect([ping.status, ping.headers["x-influxdb-version"]]).toEqual([204, "1.8.10"]);
    expect((await http.request({ method: "HEAD", url: "/ping" })).status).toBe(204);
    expect((await http.request({ method: "GET", url: "/health" })).json.status).toBe("pass");
  });
});

test("a full pipeline and a rate limit are 503 and 429 with Retry-After", async () => {
  http.log.hold();
  const first = write("m,device=d1 a=1 1");
  const failing = async () => {
    while (http.log.uncommitted === 0) await new Promise((resolve) => setImmediate(resolve));
    http.log.failCommit();
  };
  await failing();
  const { status, json, headers } = await first;
  expect([status, json.code, headers["retry-after"]]).toEqual([503, "unavailable", "1"]);
});
