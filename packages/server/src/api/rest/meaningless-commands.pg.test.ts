import type { Envelope } from "@sluice/core/safety/envelope.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addActuator, type TestActuator } from "../testing/test-actuators.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

let sluice: TestApp;
beforeAll(async () => {
  sluice = await createTestApp();
});
afterAll(() => sluice.close());

const withDose: Partial<Envelope> = { maxDose: { amount: 5, unit: "L" } };

const command = ({ id }: TestActuator, payload: object) =>
  sluice.ask({ as: "admin", method: "POST", url: `/api/v1/actuators/${id}/commands`, payload });

/** Rows that a request may leave behind. */
async function traces({ id }: TestActuator) {
  const { rows } = await sluice.database.pool.query(
    `select fence::int, (select count(*)::int from command c where c.actuator_id = a.id) as commands,
            (select count(*)::int from actuator_hold h where h.actuator_id = a.id) as holds,
            (select count(*)::int from execution e where e.actuator_id = a.id) as executions
       from actuator a where id = $1`,
    [id],
  );
  return rows[0];
}

describe("a request that cannot be meant", () => {
  const reason = "tank runs over";
  it.each([
    [{ kind: "RUN" }, "command.duration_needed", "durationMs"],
    [{ kind: "RUN", durationMs: -1 }, "request.invalid", "durationMs must be >= 1"],
    [{ kind: "RUN", durationMs: 0 }, "request.invalid", "durationMs must be >= 1"],
    [{ kind: "RUN", durationMs: 1.5 }, "request.invalid", "durationMs must be integer"],
    [{ kind: "RUN", durationMs: 86_400_001 }, "request.invalid", "durationMs must be <= 86400000"],
    [{ kind: "RUN", durationMs: 1e300 }, "request.invalid", "durationMs must be"],
    [{ kind: "RUN", durationMs: "1000" }, "request.invalid", "durationMs must be integer"],
    [{ kind: "RUN", durationMs: null }, "request.invalid", "durationMs must be integer"],
    [{ kind: "RUN", durationMs: 1000, fence: 7 }, "request.invalid", "fence"],
    [{ kind: "RUN", durationMs: 1000, amount: 1 }, "command.field_unexpected", "amount"],
    [{ kind: "RUN", durationMs: 1000, waitMs: -1 }, "request.invalid", "waitMs must be >= 0"],
    [{ kind: "RUN", durationMs: 1000, waitMs: 3_600_001 }, "request.invalid", "waitMs must be <= 3600000"],
    [{ kind: "RUN", durationMs: 1000, override: {} }, "request.invalid", "reason"],
    [{ kind: "RUN", durationMs: 1000, override: { reason, force: true } }, "request.invalid", "force"],
    [{ kind: "RUN", durationMs: 1000, override: { reason: "  " } }, "command.override_reason", "override.reason"],
    [{ kind: "RUN", durationMs: 1000, override: { reason: "x".repeat(501) } }, "command.override_reason", "500"],
    [{ kind: "DOSE", unit: "L" }, "command.amount_needed", "amount"],
    [{ kind: "DOSE", amount: 1 }, "command.amount_needed", "unit"],
    [{ kind: "DOSE", amount: 0, unit: "L" }, "request.invalid", "amount must be > 0"],
    [{ kind: "DOSE", amount: -1, unit: "L" }, "request.invalid", "amount must be > 0"],
    [{ kind: "DOSE", amount: 1, unit: "" }, "request.invalid", "unit"],
    [{ kind: "DOSE", amount: 1, unit: "L", durationMs: 0 }, "request.invalid", "durationMs"],
    [{ kind: "DOSE", amount: 1, unit: "L", value: 1 }, "command.field_unexpected", "value"],
    [{ kind: "STOP", durationMs: 1 }, "command.field_unexpected", "durationMs"],
    [{ kind: "STOP", override: { reason } }, "command.field_unexpected", "override"],
    [{ kind: "SET" }, "command.nothing_to_set", "release"],
    [{ kind: "SET", unit: "%" }, "command.nothing_to_set", "value"],
    [{ kind: "SET", release: true, value: 1 }, "command.nothing_to_set", "either"],
    [{ kind: "SET", release: false }, "request.invalid", "release"],
    [{ kind: "SET", value: "1" }, "request.invalid", "value"],
    [{ kind: "EXPLODE" }, "request.invalid", "RUN, DOSE, STOP, SET"],
    [{}, "request.invalid", "kind"],
  ])("%o is a 400 %s that names it, and changes nothing", async (payload, code, named) => {
    const valve = await addActuator(sluice, withDose);
    const before = await traces(valve);
    const refused = await command(valve, payload);
    expect(refused.json()).toMatchObject({ status: 400, code, detail: expect.stringContaining(named) });
    expect(await traces(valve)).toEqual(before);
  });

  it("with a number past all numbers is a 400 as well", async () => {
    const valve = await addActuator(sluice, withDose);
    const headers = { "content-type": "application/json" };
    for (const payload of [
      '{"kind":"RUN","durationMs":1e999}',
      '{"kind":"DOSE","unit":"L","amount":1e999}',
      '{"kind":"SET","value":-1e999}',
    ]) {
      const url = `/api/v1/actuators/${valve.id}/commands`;
      const refused = await sluice.ask({ method: "POST", url, payload, headers });
      expect(refused.json()).toMatchObject({ status: 400, code: "request.invalid" });
    }
  });

  it("past a limit of the actuator is told by that limit, and nothing is decided", async () => {
    const valve = await addActuator(sluice, withDose);
    const plain = await addActuator(sluice);
    const codeOf = async (actuator: TestActuator, payload: object) => (await command(actuator, payload)).json();
    expect(await codeOf(valve, { kind: "RUN", durationMs: 60_001 })).toMatchObject({
      status: 400,
      code: "actuator.max_run",
      detail: expect.stringContaining("60000"),
    });
    expect(await codeOf(valve, { kind: "DOSE", amount: 5.1, unit: "L" })).toMatchObject({
      status: 400,
      code: "actuator.max_dose",
    });
    expect(await codeOf(valve, { kind: "DOSE", amount: 1, unit: "kg" })).toMatchObject({
      code: "actuator.invalid_amount",
    });
    expect(await codeOf(plain, { kind: "DOSE", amount: 1, unit: "L" })).toMatchObject({
      code: "actuator.dose_unsupported",
    });
    expect(await traces(valve)).toMatchObject({ fence: 0, commands: 0, holds: 0 });
  });
});
