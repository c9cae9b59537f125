import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  acknowledgeAlert,
  acknowledgeAlerts,
  clearAlert,
  commentOnAlert,
  isAcknowledged,
  listAlertEvents,
  shelveAlert,
  unshelveAlert,
} from "./index.ts";
import { createTestAlerts, type TestAlerts, type WatchedDevice } from "./testing/test-alerts.ts";

let test: TestAlerts;
let probe: WatchedDevice;
let id: string;

beforeEach(async () => {
  test = await createTestAlerts();
  probe = await test.addDevice({ severity: "major", isLatched: true });
  await test.fold(probe);
  id = (await test.list())[0]!.id;
});
afterEach(() => test.stop());

const events = async () => (await test.notices()).map(({ event }) => event);

describe("a person who acknowledges", () => {
  it("is named in the alert, its trail, the audit and the notice, with what was said", async () => {
    await acknowledgeAlert(test.alerts, test.operator, id, "on my way");
    expect(await test.list()).toMatchObject([{ state: "firing", acknowledged: { by: "user:ada" } }]);
    const trail = await listAlertEvents(test.pool, test.operator.organizationId, id);
    expect(trail.at(-1)).toMatchObject({
      what: "acknowledged",
      who: "user:ada",
      comment: "on my way",
      state: "firing",
    });
    expect(test.changes).toEqual(["user:ada alert.acknowledge"]);
    expect((await test.notices()).at(-1)).toMatchObject({ event: "acknowledged", data: { who: "user:ada" } });
  });

  it("is refused the second time, and nothing is written of it", async () => {
    await acknowledgeAlert(test.alerts, test.operator, id);
    await expect(acknowledgeAlert(test.alerts, test.operator, id)).rejects.toMatchObject({
      code: "alert.acknowledged",
    });
    expect(await test.trailOf(id)).toEqual(["fired", "acknowledged"]);
    expect(test.changes.length).toBe(1);
  });

  it("ends a latched alert whose condition is over", async () => {
    await test.fold({ ...probe, state: "resolved" });
    await acknowledgeAlert(test.alerts, test.operator, id);
    expect(await test.list()).toMatchObject([{ open: false, resolvedReason: "condition" }]);
  });

  it("of another organization finds nothing", async () => {
    const stranger = { organizationId: test.operator.organizationId + 1, actor: "user:ben" };
    await expect(acknowledgeAlert(test.alerts, stranger, id)).rejects.toMatchObject({ code: "alert.unknown" });
    expect(await acknowledgeAlerts(test.alerts, stranger, [id])).toMatchObject([{ code: "alert.unknown" }]);
  });

  it("several at once does those that can be, and is told why the others cannot", async () => {
    const other = await test.addDevice({ severity: "info" });
    await test.fold(other);
    const otherId = (await test.list()).find(({ device }) => device === other.uid)!.id;
    await acknowledgeAlert(test.alerts, test.operator, id);
    const unknown = "00000000-0000-4000-8000-000000000000";
    expect(await acknowledgeAlerts(test.alerts, test.operator, [id, otherId, unknown, otherId])).toMatchObject([
      { id, acknowledged: false, code: "alert.acknowledged" },
      { id: otherId, acknowledged: true, code: null },
      { id: unknown, acknowledged: false, code: "alert.unknown" },
    ]);
  });
});

describe("a person who clears", () => {
  it("is refused while it fires", async () => {
    await expect(clearAlert(test.alerts, test.operator, id)).rejects.toMatchObject({ code: "alert.firing" });
  });

  it("ends what is latched; what is closed is history, and only comments are added to it", async () => {
    await test.fold({ ...probe, state: "resolved" });
    await clearAlert(test.alerts, test.operator, id);
    await expect(clearAlert(test.alerts, test.operator, id)).rejects.toMatchObject({ code: "alert.closed" });
    await commentOnAlert(test.alerts, test.operator, id, "the aerator's fuse had blown");
    expect(await test.trailOf(id)).toEqual(["fired", "resolved", "cleared", "commented"]);
    expect(await events()).toEqual(["fired", "resolved", "cleared"]);
    await expect(test.pool.query("update alert set message = 'other'")).rejects.toThrow("is history");
    await expect(test.pool.query("delete from alert")).rejects.toThrow("stays");
    await expect(test.pool.query("update alert_event set comment = 'other'")).rejects.toThrow("append-only");
  });
});

describe("a person who shelves", () => {
  it("says until when and why, and takes it back before its time", async () => {
    await shelveAlert(test.alerts, test.operator, id, { forMs: 3_600_000 }, "cleaning the probe");
    const [alert] = await test.list();
    expect(alert).toMatchObject({ shelved: { by: "user:ada", reason: "cleaning the probe" }, open: true });
    expect(await events()).toEqual(["fired"]);
    await unshelveAlert(test.alerts, test.operator, id);
    expect(await test.list()).toMatchObject([{ shelved: null }]);
    expect(await events()).toEqual(["fired", "unshelved"]);
    await expect(unshelveAlert(test.alerts, test.operator, id)).rejects.toMatchObject({ code: "alert.not_shelved" });
  });

  it("for longer than a week, or until yesterday, is refused", async () => {
    for (const end of [{ forMs: 7 * 86_400_000 + 1 }, { untilMicros: 1 }]) {
      await expect(shelveAlert(test.alerts, test.operator, id, end, "rest")).rejects.toMatchObject({
        code: "alert.shelf_invalid",
      });
    }
  });
});

describe("whoever escalates", () => {
  it("calls nobody once it was acknowledged, shelved or is over", async () => {
    expect(await isAcknowledged(test.pool, id)).toBe(false);
    await shelveAlert(test.alerts, test.operator, id, { forMs: 1_000 }, "cleaning");
    expect(await isAcknowledged(test.pool, id)).toBe(true);
    await unshelveAlert(test.alerts, test.operator, id);
    expect(await isAcknowledged(test.pool, id)).toBe(false);
    await acknowledgeAlert(test.alerts, test.operator, id);
    expect(await isAcknowledged(test.pool, id)).toBe(true);
    expect(await isAcknowledged(test.pool, "00000000-0000-4000-8000-000000000000")).toBe(true);
  });
});
