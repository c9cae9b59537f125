import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { compileScenario } from "@sluice/core/rules/testing/scenario-rules.ts";
import {
  asExpected,
  describeTransition,
  parseScenarios,
  type Scenario,
  type ScenarioMessage,
} from "@sluice/core/rules/testing/scenario-script.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ManualClock } from "../ingest/testing/manual-clock.ts";
import { createTestDatabase, type TestDatabase } from "../platform/testing/test-database.ts";
import { PIPELINE_LIMITS } from "./pipeline-options.ts";
import { batchOf, type PipelineFixture, startPipeline } from "./testing/pipeline-fixture.ts";

/** The same scripts as the pure engine's, through the whole pipeline and its database. */
const FOLDER = fileURLToPath(new URL("scenarios/", import.meta.resolve("@sluice/core/rules/rule.ts")));
/** Every message is a flush of its own. */
const LIMITS = { ...PIPELINE_LIMITS, flushMessages: 1 };
/** Rules and devices of one playing are not those of another. */
const NUMBERS_PER_PLAYING = 100;

let database: TestDatabase;
let playings = 0;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

class Playing {
  private readonly scenario: Scenario;
  private readonly partition = ++playings;
  private readonly shift = this.partition * NUMBERS_PER_PLAYING;
  private readonly clock = new ManualClock();
  private fixture: PipelineFixture | undefined;

  constructor(scenario: Scenario) {
    this.scenario = scenario;
  }

  /** What each step brought about; `kills`: the process is gone after each of them, and another goes on. */
  async play(kills: boolean): Promise<string[]> {
    const played: string[] = [];
    this.moveTo(Math.min(this.scenario.definedMicros, this.scenario.steps[0]!.nowMicros));
    await this.start();
    let seen = 0;
    for (const step of this.scenario.steps) {
      this.moveTo(step.nowMicros);
      await this.fixture!.pipeline.settled();
      if (step.action.kind === "say") await this.say(step.action.message);
      if (step.action.kind === "restart" || kills) await this.start();
      const told = await this.transitions();
      played.push([step.line, ...asExpected(told.slice(seen), step)].join("\n  "));
      seen = told.length;
    }
    expect(this.fixture!.errors).toEqual([]);
    await this.fixture!.pipeline.stop();
    return played;
  }

  /** Goes on with what was committed and nothing else: everything waiting was flushed, and a stop writes nothing. */
  private async start(): Promise<void> {
    await this.fixture?.pipeline.stop();
    this.fixture = await startPipeline(database, {
      partition: this.partition,
      clock: this.clock,
      rules: compileScenario(this.scenario, this.shift),
      limits: LIMITS,
    });
    await this.fixture.pipeline.settled();
  }

  private async say({ deviceId, timeMicros, values }: ScenarioMessage): Promise<void> {
    const message = { device: deviceId + this.shift, micros: timeMicros, values: Object.fromEntries(values) };
    const { rejected } = await this.fixture!.pipeline.offer(batchOf([message]));
    expect(rejected).toEqual([]);
    await this.fixture!.pipeline.settled();
  }

  private async transitions(): Promise<string[]> {
    const { rows } = await database.pool.query(
      `select rule_id as "ruleId", device_id as "deviceId", episode, state, reading_micros as "timeMicros", value
         from rule_transition where partition = $1 order by seq, ordinal`,
      [this.partition],
    );
    return rows.map((row) => {
      expect(row.deviceId).toBe(1 + this.shift);
      const { name } = this.scenario.rules.find(({ id }) => id === row.ruleId - this.shift)!;
      return describeTransition(name, { ...row, timeMicros: Number(row.timeMicros) });
    });
  }

  private moveTo(micros: number): void {
    this.clock.advance(micros / 1000 - this.clock.monotonicMs());
  }
}

const expected = ({ steps }: Scenario) => steps.map((step) => [step.line, ...step.expected].join("\n  "));

for (const file of readdirSync(FOLDER)) {
  const scenarios = parseScenarios(readFileSync(path.join(FOLDER, file), "utf8"));
  describe(file.replace(/\.txt$/, "").replaceAll("-", " "), () => {
    it.each(scenarios.map((scenario) => [scenario.title, scenario] as const))("%s", async (_title, scenario) => {
      expect(await new Playing(scenario).play(false)).toEqual(expected(scenario));
      expect(await new Playing(scenario).play(true)).toEqual(expected(scenario));
    });
  });
}
