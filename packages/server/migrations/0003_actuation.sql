-- What may act on the world, why it acted, and what became of it. The constraints here hold even where code forgets.
create extension if not exists btree_gist;

-- One controllable output, with the limits of its envelope. Deciders lock its row FOR NO KEY UPDATE.
create table actuator (
  id int generated always as identity primary key,
  organization_id int not null,
  device_id int not null,
  key text not null check (key ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
  kind text not null check (length(kind) between 1 and 63),
  mode text not null default 'auto' check (mode in ('auto', 'manual', 'locked-out')),
  locked_by text,
  safe_state text not null default 'off' check (safe_state in ('off')),
  max_run_ms int not null check (max_run_ms between 1 and 86400000),
  cooldown_ms int not null check (cooldown_ms between 0 and 604800000),
  link_loss_ms int check (link_loss_ms >= 0),
  max_reading_age_ms int check (max_reading_age_ms > 0),
  -- Raised with every change of the limits; a device's configuration has the sum of its actuators' versions.
  envelope_version int not null default 1 check (envelope_version > 0),
  fence bigint not null default 0 check (fence >= 0),
  -- What the device said of its output, and in evidence of which fence.
  observed_state text check (observed_state in ('on', 'off')),
  observed_at timestamptz,
  observed_fence bigint not null default 0,
  fault text,
  last_activation_at timestamptz,
  total_activations bigint not null default 0 check (total_activations >= 0),
  created_at timestamptz not null default now(),
  unique (device_id, key),
  unique (organization_id, id),
  foreign key (organization_id, device_id) references device (organization_id, id),
  check ((mode = 'locked-out') = (locked_by is not null))
);

-- What the server knows of a device that has actuators: its session, and a sample of its monotonic clock in this boot.
create table device_link (
  device_id int primary key references device,
  is_connected boolean not null default false,
  boot_id text,
  mono_ms double precision,
  sampled_at timestamptz,
  config_version bigint not null default 0,
  check ((boot_id is null) = (mono_ms is null) and (boot_id is null) = (sampled_at is null))
);

-- A STOP that holds its actuator until a person releases it. `id` is the STOP's.
create table actuator_hold (
  id text primary key,
  actuator_id int not null references actuator,
  held_by text not null,
  reason text,
  held_at timestamptz not null default clock_timestamp(),
  released_by text,
  released_at timestamptz,
  check ((released_by is null) = (released_at is null))
);
create index actuator_hold_open on actuator_hold (actuator_id) where released_at is null;

create table rule (
  id int generated always as identity primary key,
  organization_id int not null,
  device_id int not null,
  key text not null check (length(key) between 1 and 63),
  name text not null check (length(name) between 1 and 200),
  kind text not null check (kind in ('threshold')),
  definition jsonb not null,
  -- What to do when it fires; both or none. The second key keeps a rule from acting on another organization's actuator.
  action jsonb,
  actuator_id int,
  priority text not null default 'THRESHOLD' check (priority in ('EMERGENCY', 'THRESHOLD')),
  is_enabled boolean not null default true,
  created_at timestamptz not null default now(),
  unique (device_id, key),
  foreign key (organization_id, device_id) references device (organization_id, id),
  foreign key (organization_id, actuator_id) references actuator (organization_id, id),
  check ((action is null) = (actuator_id is null))
);
create index rule_organization on rule (organization_id, id);

-- How far the transitions of a partition have been folded into executions.
create table fold_cursor (
  partition smallint primary key,
  seq bigint not null,
  ordinal int not null
);

-- The last folded transition of a rule: does it still fire?
create table rule_standing (
  rule_id int not null references rule on delete cascade,
  device_id int not null,
  state text not null check (state in ('firing', 'resolved')),
  episode bigint not null,
  reading_micros bigint not null,
  value double precision,
  partition smallint not null,
  seq bigint not null,
  ordinal int not null,
  primary key (rule_id, device_id)
);

-- One intention to act, from its cause to its end.
--   PENDING → WAITING(reason, wait_until) → DISPATCHED → SUCCEEDED | FAILED | CANCELLED | SUPERSEDED | DEAD
create table execution (
  id uuid primary key,
  organization_id int not null,
  actuator_id int not null,
  type text not null check (type in ('MANUAL', 'SCHEDULED', 'THRESHOLD')),
  action text not null check (action in ('RUN', 'STOP', 'RELEASE')),
  priority text not null check (priority in ('MANUAL', 'EMERGENCY', 'SCHEDULED', 'THRESHOLD')),
  parameters jsonb not null default '{}',
  status text not null default 'PENDING'
    check (status in ('PENDING', 'WAITING', 'DISPATCHED', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'SUPERSEDED', 'DEAD')),
  -- Which limit or end spoke last, as a code, and the same in words.
  reason text,
  message text,
  wait_until timestamptz,
  -- The cause: the rule and device that came first, how many causes it absorbed, and where the last of them was folded.
  rule_id int references rule on delete set null,
  device_id int,
  causes int not null default 0,
  folded_partition smallint,
  folded_seq bigint,
  folded_ordinal int,
  reading_needed_after timestamptz,
  requested_by text not null,
  idempotency_key text check (length(idempotency_key) between 1 and 200),
  request jsonb,
  retries int not null default 0,
  created_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  completed_at timestamptz,
  unique (organization_id, idempotency_key),
  foreign key (organization_id, actuator_id) references actuator (organization_id, id)
);
-- A herd is one execution: whatever fires while it is open is absorbed.
create unique index execution_one_open on execution (actuator_id, type, action)
  where type <> 'MANUAL' and status in ('PENDING', 'WAITING', 'DISPATCHED');
create index execution_due on execution (wait_until) where status in ('PENDING', 'WAITING');
create index execution_recent on execution (organization_id, created_at desc, id desc);
create index execution_actuator on execution (actuator_id, created_at desc);

-- Which rules an execution acts for, and in which of their episodes.
create table execution_cause (
  execution_id uuid not null references execution,
  rule_id int not null,
  device_id int not null,
  first_episode bigint not null,
  last_episode bigint not null,
  primary key (execution_id, rule_id, device_id)
);

-- The queue of what devices are to do, and the record of what they did.
create table command (
  id uuid primary key,
  organization_id int not null,
  actuator_id int not null,
  execution_id uuid not null references execution,
  kind text not null check (kind in ('RUN', 'DOSE', 'SET', 'STOP')),
  fence bigint check (fence > 0),
  duration_ms int,
  max_run_ms int,
  cooldown_ms int check (cooldown_ms >= 0),
  releases text[],
  -- The exact bytes that were sent, from the first transmission on.
  payload text,
  state text not null default 'QUEUED' check (state in ('QUEUED', 'DISPATCHING', 'ACCEPTED', 'RUNNING', 'UNKNOWN',
    'COMPLETED', 'ABORTED', 'INTERRUPTED', 'REJECTED', 'NOT_EXECUTED', 'EXPIRED', 'CANCELLED', 'UNKNOWN_CLOSED')),
  reason text,
  decided_at timestamptz not null,
  -- No start after this; null for what never starts anything and so never expires.
  deadline_at timestamptz,
  run_window tstzrange not null default 'empty',
  lock_window tstzrange not null default 'empty',
  sent_at timestamptz,
  transmissions int not null default 0,
  -- What the device proved: how long it ran, absent where it cannot know.
  ran_ms double precision,
  is_activation_counted boolean not null default false,
  ended_at timestamptz,
  unique (actuator_id, fence),
  foreign key (organization_id, actuator_id) references actuator (organization_id, id),
  check (duration_ms between 1 and max_run_ms),
  check ((kind in ('RUN', 'DOSE')) = (duration_ms is not null) and (duration_ms is null) = (max_run_ms is null)),
  check (fence is not null or kind = 'STOP'),
  check ((deadline_at is null) = (kind in ('STOP', 'SET'))),
  check (kind in ('RUN', 'DOSE') or (isempty(run_window) and isempty(lock_window))),
  check (payload is not null or state in ('QUEUED', 'CANCELLED', 'EXPIRED')),
  constraint command_one_run_at_a_time exclude using gist (actuator_id with =, run_window with &&),
  constraint command_cooldown exclude using gist (actuator_id with =, lock_window with &&)
);
create unique index command_one_live on command (actuator_id)
  where kind in ('RUN', 'DOSE') and state in ('QUEUED', 'DISPATCHING', 'ACCEPTED', 'RUNNING', 'UNKNOWN');
create index command_open on command (state, deadline_at)
  where state in ('QUEUED', 'DISPATCHING', 'ACCEPTED', 'RUNNING', 'UNKNOWN');
create index command_recent on command (organization_id, decided_at desc, id desc);
create index command_actuator on command (actuator_id, decided_at desc, id desc);
create index command_execution on command (execution_id);

-- The same arrows as core/commands/command.ts; a test compares them.
create function command_may_follow(before text, after text) returns boolean language sql immutable as $$
  select case before
    when 'QUEUED' then after in ('CANCELLED', 'EXPIRED', 'DISPATCHING')
    when 'DISPATCHING' then after in ('ACCEPTED', 'REJECTED', 'RUNNING', 'COMPLETED', 'ABORTED', 'INTERRUPTED',
      'NOT_EXECUTED', 'UNKNOWN')
    when 'ACCEPTED' then after in ('RUNNING', 'COMPLETED', 'ABORTED', 'INTERRUPTED', 'UNKNOWN')
    when 'RUNNING' then after in ('COMPLETED', 'ABORTED', 'INTERRUPTED', 'UNKNOWN')
    when 'UNKNOWN' then after in ('ACCEPTED', 'REJECTED', 'RUNNING', 'COMPLETED', 'ABORTED', 'INTERRUPTED',
      'NOT_EXECUTED', 'UNKNOWN_CLOSED')
    else false
  end
$$;

-- A command's decision never changes, its state moves along the arrows, its bytes are fixed once sent, its charge only shrinks.
create function command_guard() returns trigger language plpgsql as $$
begin
  if (new.id, new.organization_id, new.actuator_id, new.execution_id, new.kind, new.fence, new.duration_ms, new.max_run_ms,
      new.decided_at, new.deadline_at) is distinct from
     (old.id, old.organization_id, old.actuator_id, old.execution_id, old.kind, old.fence, old.duration_ms, old.max_run_ms,
      old.decided_at, old.deadline_at) then
    raise exception 'a decided command does not change' using errcode = 'integrity_constraint_violation';
  end if;
  if new.state <> old.state and not command_may_follow(old.state, new.state) then
    raise exception 'a command does not go from % to %', old.state, new.state using errcode = 'integrity_constraint_violation';
  end if;
  if old.payload is not null and new.payload is distinct from old.payload then
    raise exception 'a command that was sent is sent again as it was' using errcode = 'integrity_constraint_violation';
  end if;
  if not (new.run_window <@ old.run_window and new.lock_window <@ old.lock_window) then
    raise exception 'a reservation only shrinks' using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end
$$;
create trigger command_guard before update on command for each row execute function command_guard();

create table command_event (
  id bigint generated always as identity primary key,
  command_id uuid not null references command,
  at timestamptz not null default clock_timestamp(),
  -- What happened: decided, dispatched, retransmitted, evidence, deadline, closed, cancelled.
  what text not null,
  -- The command's state afterwards.
  state text not null,
  -- "rule:<id>", "user:<id>", "device:<id>", "gateway".
  who text not null,
  reason text,
  details jsonb
);
create index command_event_command on command_event (command_id, id);

create function command_event_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the trail of a command is append-only' using errcode = 'integrity_constraint_violation';
end
$$;
create trigger command_event_is_append_only before update or delete or truncate on command_event
  for each statement execute function command_event_is_append_only();
