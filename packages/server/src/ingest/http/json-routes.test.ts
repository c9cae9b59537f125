import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { HttpFixture } from "../testing/http-fixture.ts";
import { newProfile } from "../testing/memory-directory.ts";
import { MemoryLog } from "../testing/memory-log.ts";

let http: HttpFixture;

beforeEach(() => {
  http = new HttpFixture();
  http.directory.add({ uid: "123" });
  http.directory.add({ uid: "pump" });
});

afterEach(async () => {
  await http.app.close();
});

describe("POST /api/sensors/data", () => {
  test("stores and answers as the water quality interface says", async () => {
    const { status, json } = await http.post("/api/sensors/data", { sensor_id: "123", pH: 7.2, temp: 15.4 });
    expect(status).toBe(200);
    expect(json).toEqual({ status: "success", message: "Data received" });
    expect(http.stored).toEqual([["123", { pH: 7.2, temp: 15.4 }, undefined]]);
  });

  test("answers after the commit, not before", async () => {
    http.log.hold();
    let answered = false;
    const answer = http.post("/api/sensors/data", { sensor_id: "123", pH: 7 }).then((given) => {
      answered = true;
      return given;
    });
    await turnsUntil(() => http.log.uncommitted === 1);
    await turns(20);
    expect(answered).toBe(false);
    http.log.release();
    expect((await answer).status).toBe(200);
  });

  test("known devices and metrics cost no look-up", async () => {
    await http.post("/api/sensors/data", { sensor_id: "123", pH: 7 });
    const before = http.directory.lookups;
    await http.post("/api/sensors/data", { sensor_id: "123", pH: 8 });
    expect(http.directory.lookups).toBe(before);
  });

  test("of a device with its own token needs no sensor_id, and no other is taken", async () => {
    const authorization = "Bearer 1:pump";
    expect((await http.post("/api/sensors/data", { flow: 1 }, { authorization })).status).toBe(200);
    expect((await http.post("/api/sensors/data", { sensor_id: "pump", flow: 2 }, { authorization })).status).toBe(200);
    const foreign = await http.post("/api/sensors/data", { sensor_id: "123", flow: 3 }, { authorization });
    expect(foreign.status).toBe(403);
    expect(foreign.json.code).toBe("device.foreign");
    expect(http.stored.map(([uid, values]) => [uid, values.flow])).toEqual([
      ["pump", 1],
      ["pump", 2],
    ]);
  });

  test("of an unknown device is refused, or registers it if the key may", async () => {
    const refused = await http.post("/api/sensors/data", { sensor_id: "new", a: 1 });
    expect([refused.status, refused.json.code]).toEqual([404, "device.unknown"]);
    const authorization = "Bearer provisioner";
    expect((await http.post("/api/sensors/data", { sensor_id: "new", a: 1 }, { authorization })).status).toBe(200);
    expect(http.stored).toEqual([["new", { a: 1 }, undefined]]);
    const unusable = await http.post("/api/sensors/data", { sensor_id: "a/b", a: 1 }, { authorization });
    expect([unusable.status, unusable.json.code]).toEqual([400, "device.uid_invalid"]);
    expect(http.directory.uids).not.toContain("a/b");
  });

  test("of a deactivated device is refused", async () => {
    await http.post("/api/sensors/data", { sensor_id: "123", a: 1 });
    http.directory.replace(1, { active: false });
    const { status, json } = await http.post("/api/sensors/data", { sensor_id: "123", a: 1 });
    expect([status, json.code]).toEqual([403, "device.inactive"]);
  });
});

describe("POST /api/readings", () => {
  const payload = { bme280: { temperature: { c: 21.4 } }, sht31: { error: "timeout" } };

  test.each(["/api/readings", "/readings"])("%s stores one reading flat, and as it came", async (url) => {
    const item = { device_id: "123", ts_utc: "2023-11-14T22:13:20Z", ts_local: "2023-11-14T23:13:20", payload };
    const { status, json } = await http.post(url, item);
    expect(status).toBe(201);
    expect(json).toEqual({ status: "success", stored: 1 });
    expect(http.stored).toEqual([
      [
        "123",
        { "bme280.temperature.c": 21.4 },
        { "sht31.error": "timeout", $payload: payload, $ts_local: "2023-11-14T23:13:20" },
      ],
    ]);
    expect(http.log.stored[0]!.timeMicros).toBe(1_700_000_000_000_000);
  });

  test.each(["/api/readings/bulk", "/readings/bulk"])("%s takes many at once, in one offer", async (url) => {
    const readings = Array.from({ length: 360 }, (_, i) => ({ device_id: "123", ts_utc: i * 1000, payload: { a: i } }));
    expect((await http.post(url, { readings })).json).toEqual({ status: "success", stored: 360 });
    expect(http.log.offers).toBe(1);
    expect(http.stored.map(([, { a }]) => a)).toEqual(readings.map(({ payload: { a } }) => a));
  });

  test("takes newline-delimited JSON", async () => {
    const lines = '{"device_id":"123","payload":{"a":1}}\n{"device_id":"pump","payload":{"a":2}}\n';
    const { json } = await http.post("/api/readings/bulk", lines, { "content-type": "application/x-ndjson" });
    expect(json).toEqual({ status: "success", stored: 2 });
  });

  test("stores the good items of a partly bad batch and names the bad ones", async () => {
    const { status, json } = await http.post("/api/readings/bulk", [
      { device_id: "123", payload: { a: 1 } },
      { device_id: "nobody", payload: { a: 2 } },
      { device_id: "123", payload: { a: 3 }, ts_utc: "2099-01-01T00:00:00Z" },
      { device_id: "pump", payload: { a: 4 } },
    ]);
    expect(status).toBe(207);
    expect(json).toMatchObject({
      status: "partial",
      stored: 2,
      rejected: 2,
      errors: [
        { index: 1, code: "device.unknown" },
        { index: 2, code: "reading.time_ahead", limitMs: 600_000 },
      ],
    });
    expect(http.stored.map(([uid, { a }]) => [uid, a])).toEqual([
      ["123", 1],
      ["pump", 4],
    ]);
  });

  test("names what the log refused by its place in the request", async () => {
    http.log.poison = 13;
    const { status, json } = await http.post("/api/readings/bulk", [
      { device_id: "nobody", payload: { a: 1 } },
      { device_id: "123", payload: { a: 2 } },
      { device_id: "123", payload: { a: 13 } },
    ]);
    expect(status).toBe(207);
    expect(json.stored).toBe(1);
    expect(json.errors.map(({ index, code }: { index: number; code: string }) => [index, code])).toEqual([
      [0, "device.unknown"],
      [2, "reading.poison"],
    ]);
  });

  test("of which nothing is stored is an error that names every item", async () => {
    const { status, json } = await http.post("/api/readings/bulk", [
      { device_id: "nobody", payload: { a: 1 } },
      { device_id: "noone", payload: { a: 1 } },
    ]);
    expect(status).toBe(404);
    expect(json.code).toBe("ingest.all_rejected");
    expect(json.errors).toHaveLength(2);
  });

  test("metrics past the profile's 256 go to extras", async () => {
    const wide = (from: number) => Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`m${from + i}`, i]));
    await http.post("/api/readings", { device_id: "123", payload: wide(0) });
    await http.post("/api/readings", { device_id: "123", payload: wide(200) });
    const [, values, extras] = http.stored[1]!;
    expect(Object.keys(values)).toHaveLength(56);
    expect(Object.keys(extras as object)).toHaveLength(144);
  });
});

describe("ThingsBoard's device API", () => {
  test("takes telemetry with the token in the path", async () => {
    const { status } = await http.request({ method: "POST", url: "/api/v1/1:pump/telemetry", payload: '{"flow":3.5}' });
    expect(status).toBe(200);
    const timed = [{ ts: 1_700_000_000_000, values: { flow: 4 } }];
    await http.request({ method: "POST", url: "/api/v1/1:pump/telemetry", payload: JSON.stringify(timed) });
    expect(http.stored.map(([uid, { flow }]) => [uid, flow])).toEqual([
      ["pump", 3.5],
      ["pump", 4],
    ]);
  });

  test("takes attributes, their text sanitised", async () => {
    const payload = '{"firmware":"1.2\\u0000","__proto__":{"a":1}}';
    expect((await http.request({ method: "POST", url: "/api/v1/1:pump/attributes", payload })).status).toBe(200);
    expect(JSON.stringify(http.attributes)).toBe(
      '[{"deviceId":2,"attributes":{"firmware":"1.2\ufffd","__proto__":{"a":1}}}]',
    );
  });

  test("refuses wrong tokens, and tokens that are not a device's", async () => {
    const post = (token: string) =>
      http.request({ method: "POST", url: `/api/v1/${token}/telemetry`, payload: '{"a":1}' });
    expect((await post("wrong")).status).toBe(401);
    expect((await post("client")).status).toBe(403);
    expect(http.stored).toEqual([]);
  });
});

describe("who may send", () => {
  test.each([
    ["no token", {}, 401, "auth.token_missing"],
    ["a wrong token", { authorization: "Bearer wrong" }, 401, "auth.token_invalid"],
    ["another scheme", { authorization: "Digest x" }, 401, "auth.token_missing"],
    ["a token of 600 characters", { authorization: `Bearer ${"x".repeat(600)}` }, 401, "auth.token_missing"],
    ["a client without the scope", { authorization: "Bearer powerless" }, 403, "auth.scope_missing"],
  ])("not %s", async (_, headers, expected, code) => {
    const { status, json } = await http.request({ method: "POST", url: "/api/readings", payload: "{}", headers });
    expect([status, json.code]).toEqual([expected, code]);
  });

  test("not past the rate of an address's wrong tokens, but for tokens that have been good", async () => {
    http.directory.add({ uid: "fresh" });
    const status = async (token: string) =>
      (await http.request({ method: "POST", url: `/api/v1/${token}/telemetry`, payload: '{"a":1}' })).status;
    expect(await status("1:pump")).toBe(200);
    const wrong = await Promise.all(Array.from({ length: 100 }, (_, n) => status(`wrong-${n}`)));
    expect(new Set(wrong)).toEqual(new Set([401]));
    expect([await status("wrong"), await status("1:fresh"), await status("1:pump")]).toEqual([429, 429, 200]);
    http.clock.advance(1_000);
    expect(await status("1:fresh")).toBe(200);
  });

  test("another organization's device with the same uid is another device", async () => {
    const other = http.directory.add({ uid: "123", organizationId: 2 });
    await http.post("/api/sensors/data", { sensor_id: "123", a: 1 });
    await http.post("/api/sensors/data", { a: 2 }, { authorization: "Bearer 2:123" });
    expect(http.log.stored.map(({ deviceId }) => deviceId)).toEqual([1, other.id]);
  });
});

describe("bad bodies", () => {
  test.each([
    ["nothing", "", 400, "body.malformed_json"],
    ["malformed JSON", '{"sensor_id":"123",}', 400, "body.malformed_json"],
    ["truncated JSON", '{"sensor_id":"123","pH":', 400, "body.malformed_json"],
    ["NaN", '{"sensor_id":"123","pH":NaN}', 400, "body.malformed_json"],
    ["Infinity", '{"sensor_id":"123","pH":-Infinity}', 400, "body.malformed_json"],
    ["a number past every double", '{"sensor_id":"123","pH":1e999}', 400, "reading.not_finite"],
    ["1,000 levels", `{"sensor_id":"123","a":${'{"a":'.repeat(999)}1${"}".repeat(999)}}`, 400, "reading.too_deep"],
    ["1,000,000 brackets", "[".repeat(1_000_000), 400, "body.malformed_json"],
    ["an array of 100,000", JSON.stringify(new Array(100_000).fill(1)), 413, "request.too_many_messages"],
    [
      "a value of 100,000",
      JSON.stringify({ sensor_id: "123", a: new Array(100_000).fill(1) }),
      400,
      "reading.extras_too_large",
    ],
    ["a NUL in a key", '{"sensor_id":"123","a\\u0000":1}', 400, "reading.key_invalid"],
    ["text", '"hello"', 400, "reading.not_an_object"],
    ["null", "null", 400, "reading.not_an_object"],
    ["no values", '{"sensor_id":"123"}', 400, "reading.empty"],
  ])("%s", async (_, body, expected, code) => {
    const { status, json } = await http.post("/api/sensors/data", body);
    expect([status, json.code]).toEqual([expected, code]);
    expect(http.stored).toEqual([]);
    expect(http.directory.metrics).toEqual([]);
  });

  test("that are not UTF-8", async () => {
    const { status, json } = await http.post("/api/sensors/data", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]));
    expect([status, json.code]).toEqual([400, "body.not_utf8"]);
  });

  test("numbers as text stay text", async () => {
    await http.post("/api/sensors/data", { sensor_id: "123", pH: "7.2" });
    expect(http.stored).toEqual([["123", {}, { pH: "7.2" }]]);
  });

  test("a byte order mark, a form's Content-Type or a broken one does no harm", async () => {
    for (const type of ["application/x-www-form-urlencoded", "nonsense", "", "text/plain; charset=x"]) {
      const { status } = await http.post("/api/sensors/data", '\ufeff{"sensor_id":"123","a":1}', {
        "content-type": type,
      });
      expect(status).toBe(200);
    }
  });

  test("of 50 MB are refused without being kept", async () => {
    const { status, json } = await http.post("/api/sensors/data", Buffer.alloc(50 * 1024 * 1024, 0x20));
    expect([status, json.code, json.limitBytes]).toEqual([413, "body.too_large", 10 * 1024 * 1024]);
    expect(http.bodies.inUse).toBe(0);
  });

  test("that inflate without end are refused", async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024));
    const { status, json } = await http.post("/api/sensors/data", bomb, { "content-encoding": "gzip" });
    expect([status, json.code]).toEqual([413, "body.too_large"]);
    expect(http.bodies.inUse).toBe(0);
  });

  test("that say gzip and are not, are cut short, or say something else", async () => {
    const body = gzipSync('{"sensor_id":"123","a":1}');
    for (const [sent, encoding] of [
      [Buffer.from("{}"), "gzip"],
      [body.subarray(0, body.length - 6), "gzip"],
      [body, "br"],
      [body, "constructor"],
    ] as const) {
      const { status, json } = await http.post("/api/sensors/data", sent, { "content-encoding": encoding });
      expect([status, json.code]).toEqual([400, "body.encoding"]);
    }
    expect((await http.post("/api/sensors/data", body, { "content-encoding": "gzip" })).status).toBe(200);
  });
});

describe("what is too much", () => {
  test("a full pipeline answers 503 with Retry-After, before it reads the body", async () => {
    const full = new HttpFixture({}, new MemoryLog(1));
    full.directory.add({ uid: "123" });
    full.log.hold();
    const first = full.post("/api/sensors/data", { sensor_id: "123", a: 1 });
    await turnsUntil(() => full.log.uncommitted === 1);
    const { status, headers, json } = await full.post("/api/sensors/data", "not even JSON");
    expect([status, json.code, headers["retry-after"]]).toEqual([503, "pipeline.full", "1"]);
    expect(full.counters.requestsPutOff).toBe(1);
    full.log.release();
    expect((await first).status).toBe(200);
    await full.app.close();
  });

  test("a failed commit answers 503, and nothing is claimed to be stored", async () => {
    http.log.hold();
    const answer = http.post("/api/sensors/data", { sensor_id: "123", a: 1 });
    await turnsUntil(() => http.log.uncommitted === 1);
    http.log.failCommit();
    const { status, json } = await answer;
    expect([status, json.code]).toEqual([503, "pipeline.commit_failed"]);
  });

  test("a device that sends faster than its profile allows is told when to come back", async () => {
    const slow = newProfile(2, "water-quality", 1, 1);
    http.directory.add({ uid: "slow", profile: slow });
    const post = () => http.post("/api/sensors/data", { a: 1 }, { authorization: "Bearer 1:slow" });
    const [first, second] = [await post(), await post()];
    expect(first.status).toBe(200);
    expect([second.status, second.json.code, second.headers["retry-after"]]).toEqual([429, "ingest.rate_limited", "1"]);
    expect(http.log.stored).toHaveLength(1);
    http.clock.advance(1000);
    expect((await post()).status).toBe(200);
  });

  test("an API client with limits of its own has them for its requests, whatever they hold", async () => {
    const authorization = "Bearer limited";
    const two = [
      { device_id: "123", ts_utc: 1, payload: { a: 1 } },
      { device_id: "123", ts_utc: 2, payload: { a: 2 } },
    ];
    const send = () => http.post("/api/readings", two, { authorization });
    expect([(await send()).status, (await send()).status]).toEqual([201, 201]);
    const { status, json, headers } = await send();
    expect([status, json.code, headers["retry-after"]]).toEqual([429, "request.rate_limited", "1"]);
    http.clock.advance(1_000);
    expect((await send()).status).toBe(201);
  });

  test("an API client has no rate, even for a device that has one", async () => {
    http.directory.add({ uid: "slow", profile: newProfile(2, "water-quality", 1, 1) });
    for (let i = 0; i < 5; i++) {
      expect((await http.post("/api/sensors/data", { sensor_id: "slow", a: i })).status).toBe(200);
    }
  });

  test("large bodies share a memory, and are refused while others fill it", async () => {
    const small = new HttpFixture({ maxBodiesBytes: 1000 });
    small.directory.add({ uid: "123" });
    small.log.hold();
    const body = { sensor_id: "123", a: "x".repeat(700) };
    const first = small.post("/api/sensors/data", body);
    await turnsUntil(() => small.log.uncommitted === 1);
    const { status, json } = await small.post("/api/sensors/data", body);
    expect([status, json.code]).toEqual([503, "body.no_memory"]);
    small.log.release();
    expect((await first).status).toBe(200);
    await turnsUntil(() => small.bodies.inUse === 0);
    await small.app.close();
  });

  test("a body that never ends is given up, and one that breaks off leaves nothing behind", async () => {
    await http.app.listen({ port: 0, host: "127.0.0.1" });
    const { port } = http.app.server.address() as { port: number };
    const head =
      "POST /api/sensors/data HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer client\r\nContent-Length: 100\r\n\r\n";
    const stalled = connect(port, "127.0.0.1");
    const answer = new Promise<string>((resolve) => stalled.once("data", (data) => resolve(data.toString())));
    stalled.write(`${head}{"a"`);
    await turnsUntil(() => http.bodies.inUse === 4);
    http.clock.advance(60_000);
    expect(await answer).toContain("body.slow");
    stalled.destroy();

    const broken = connect(port, "127.0.0.1");
    broken.write(`${head}{"a"`);
    await turnsUntil(() => http.bodies.inUse === 4);
    broken.destroy();
    await turnsUntil(() => http.bodies.inUse === 0);
    expect(http.stored).toEqual([]);
  });
});

/** Lets the event loop turn; nothing here waits for time to pass. */
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

async function turnsUntil(condition: () => boolean): Promise<void> {
  while (!condition()) await turns(1);
}
