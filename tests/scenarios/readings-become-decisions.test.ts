import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { createTestDatabase, type TestDatabase } from "@sluice/server/platform/testing/test-database.ts";
import { describe, expect, it } from "vitest";
import { type Stage, StoryProcess } from "../support/story/story-process.ts";
import { parseStories, type Story, type StoryStep } from "../support/story/story-script.ts";
import { installDatabaseClock, StoryWorld } from "../support/story/story-world.ts";

/** What was said and when, and which alerts and executions follow: the scripts beside this. */
const FOLDER = path.join(import.meta.dirname, "stories");

const expected = ({ steps }: Story) => steps.map((step) => [step.line, ...step.expected].join("\n  "));

for (const file of readdirSync(FOLDER)) {
  const stories = parseStories(readFileSync(path.join(FOLDER, file), "utf8"));
  // Most of the time they wait for processes and the database.
  describe.concurrent(file.replace(/\.txt$/, "").replaceAll("-", " "), () => {
    it.each(stories.map((story) => [story.title, story] as const))("%s", async (_title, story) => {
      expect(await play(story, "one process")).toEqual(expected(story));
      expect(await play(story, "killed after each step")).toEqual(expected(story));
    });
  });
}

async function play(story: Story, how: "one process" | "killed after each step"): Promise<string[]> {
  const database = await createTestDatabase();
  const newStage = (): Stage => (how === "one process" ? new StoryHere() : new StoryProcess());
  // A spare one is loaded when another is killed.
  const stages = [newStage(), newStage()];
  try {
    await installDatabaseClock(database.pool);
    await StoryWorld.prepare(database.url, story, story.steps[0]!.nowMs);
    await stages[0]!.open(database.url);
    const played: string[] = [];
    const trail = new Trail(database);
    for (const step of story.steps) {
      if (how !== "one process" || step.action.kind === "later") {
        await stages.shift()!.kill();
        stages.push(newStage());
        await stages[0]!.open(database.url);
      }
      await stages[0]!.take(step);
      played.push([step.line, ...(await trail.news())].join("\n  "));
    }
    return played;
  } finally {
    for (const stage of stages) await stage.kill();
    await database.drop();
  }
}

/** In this process. */
class StoryHere implements Stage {
  private world: StoryWorld | undefined;

  async open(url: string): Promise<void> {
    this.world = await StoryWorld.open(url);
  }

  take(step: StoryStep): Promise<void> {
    return this.world!.take(step);
  }

  async kill(): Promise<void> {
    await this.world?.stop();
  }
}

/** What the trails of alerts and executions have said since they were last looked at. */
class Trail {
  private readonly database: TestDatabase;
  private alertEvent = 0;
  private executionEvent = 0;

  constructor(database: TestDatabase) {
    this.database = database;
  }

  async news(): Promise<string[]> {
    const { pool } = this.database;
    const alerts = await pool.query<{ id: string; told: string }>(
      `select e.id, r.name || ' ' || e.what || case when e.what = 'fired' and a.is_first_out then ' first' else '' end as told
         from alert_event e join alert a on a.id = e.alert_id join rule r on r.id = a.rule_id
        where e.id > $1 order by e.id`,
      [this.alertEvent],
    );
    const executions = await pool.query<{ id: string; told: string }>(
      `select v.id, coalesce(r.name, s.name, 'person') || ': ' || a.key || ' ' || lower(v.status)
                || case when v.status <> 'SUCCEEDED' then coalesce(' (' || v.reason || ')', '') else '' end as told
         from execution_event v
         join execution e on e.id = v.execution_id
         join actuator a on a.id = e.actuator_id
         left join rule r on r.id = e.rule_id
         left join schedule_run sr on sr.execution_id = e.id left join schedule s on s.id = sr.schedule_id
        where v.id > $1 and v.status <> 'PENDING' order by v.id`,
      [this.executionEvent],
    );
    this.alertEvent = Number(alerts.rows.at(-1)?.id ?? this.alertEvent);
    this.executionEvent = Number(executions.rows.at(-1)?.id ?? this.executionEvent);
    return [...alerts.rows, ...executions.rows].map(({ told }) => told);
  }
}
