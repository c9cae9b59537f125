-- What is to happen at which times, and what became of each. Adds tables, and lets an actuator have more than one open execution
-- of schedules: two feedings are two, where a herd of readings is one. Rewrites no row.

drop index execution_one_open;
create unique index execution_one_open on execution (actuator_id, type, action)
  where type not in ('MANUAL', 'SCHEDULED') and status in ('PENDING', 'WAITING', 'DISPATCHED');

create table schedule (
  id int generated always as identity primary key,
  organization_id int not null,
  key text not null check (key ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text not null check (length(name) between 1 and 200),
  -- The second key keeps a schedule from acting on another organization's actuator.
  actuator_id int not null,
  action jsonb not null check (action ->> 'kind' in ('RUN', 'DOSE', 'SET', 'STOP')),
  -- Null: that of the actuator's site.
  time_zone text,
  -- Times and policies, as core/schedules/schedule.ts has them.
  definition jsonb not null,
  -- What becomes of runs that nobody opened in time.
  missed_policy text not null check (missed_policy in ('skip', 'run-once', 'run-all')),
  missed_within_ms bigint not null check (missed_within_ms between 0 and 604800000),
  max_missed int not null check (max_missed between 1 and 100),
  -- A run that cannot start within this is cancelled.
  latest_start_ms int not null check (latest_start_ms between 1000 and 86400000),
  paused_by text,
  paused_at timestamptz,
  -- Null: until a person resumes it.
  paused_until timestamptz,
  pause_reason text check (length(pause_reason) between 1 and 500),
  -- The next run, and the zone and place of the site when it was found: a site that moves moves it.
  next_due_at timestamptz,
  next_run_key text,
  found_for text not null,
  -- When it was last found. Later than now: the clock was set back since.
  found_at timestamptz not null,
  -- Why none can be found, such as a site without coordinates; null: nothing is wrong.
  problem text,
  created_at timestamptz not null default clock_timestamp(),
  created_by text not null,
  -- Deleted ones stay for the history of their runs.
  deleted_at timestamptz,
  unique (organization_id, id),
  foreign key (organization_id, actuator_id) references actuator (organization_id, id),
  check ((paused_by is null) = (paused_at is null) and (paused_at is not null or paused_until is null)),
  check ((next_due_at is null) = (next_run_key is null))
);
create unique index schedule_key on schedule (organization_id, key) where deleted_at is null;
create index schedule_due on schedule (next_due_at) where deleted_at is null and next_due_at is not null;
create index schedule_actuator on schedule (actuator_id) where deleted_at is null;

-- One row an occurrence, by its local name, whatever dies midway.
--   opened   it has an execution
--   missed   nobody opened it in time, and the policy does not make up for it
--   skipped  the schedule was paused
create table schedule_run (
  schedule_id int not null references schedule,
  run_key text not null,
  organization_id int not null,
  due_at timestamptz not null,
  state text not null check (state in ('opened', 'missed', 'skipped')),
  -- Why: "on-time" or "late"; "policy", "too-old", "limit", "superseded" by a newer one, or "problem" of the schedule; "paused".
  reason text not null,
  execution_id uuid unique references execution,
  -- Of many that passed at once: the row stands for all up to this time.
  through_at timestamptz check (through_at > due_at),
  recorded_at timestamptz not null,
  primary key (schedule_id, run_key),
  check ((state = 'opened') = (execution_id is not null))
);
create index schedule_run_recent on schedule_run (schedule_id, due_at desc);
create index schedule_run_age on schedule_run (due_at);
