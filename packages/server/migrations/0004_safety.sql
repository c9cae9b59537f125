-- The whole safety contract: every field of an envelope, interlock groups, trips, site stops, doses, overrides, foreign runs,
-- and the trail of every execution. Adds columns and tables; no row changes its meaning.

alter table actuator
  drop constraint actuator_safe_state_check,
  add constraint actuator_safe_state_check check (safe_state in ('off', 'on', 'local')),
  add column min_off_ms int check (min_off_ms between 0 and 604800000),
  add column max_starts_per_day int check (max_starts_per_day >= 0),
  add column max_run_ms_per_day int check (max_run_ms_per_day between 0 and 86400000),
  -- Members of a group are never on together. Groups do not reach beyond an organization.
  add column interlock_group text check (length(interlock_group) between 1 and 200),
  -- Conditions on fresh readings, as core/safety/envelope.ts has them.
  add column permissives jsonb not null default '[]',
  add column max_dose double precision check (max_dose > 0),
  add column dose_unit text check (length(dose_unit) between 1 and 16),
  add constraint actuator_dose check ((max_dose is null) = (dose_unit is null)),
  -- Who allowed that it is commanded although its device checks no fence; null: it has to say hello first.
  add column unfenced_allowed_by text,
  add column set_point double precision,
  add column set_point_unit text;

create index actuator_interlock on actuator (organization_id, interlock_group) where interlock_group is not null;
-- Two members that go on by themselves would be on together when their link is lost.
create unique index actuator_one_safe_on on actuator (organization_id, interlock_group)
  where interlock_group is not null and safe_state <> 'off';

-- The optional part of the envelopes that a profile gives to the actuators of its devices.
alter table profile_actuator add column envelope jsonb not null default '{}';

-- A latched stop. Its first cause stays until a person resets it; what trips it again meanwhile is counted.
create table trip (
  id uuid primary key,
  organization_id int not null,
  actuator_id int not null,
  cause text not null check (length(cause) between 1 and 200),
  message text,
  tripped_by text not null,
  tripped_at timestamptz not null default clock_timestamp(),
  causes int not null default 1 check (causes > 0),
  last_cause text not null,
  last_at timestamptz not null default clock_timestamp(),
  reset_by text,
  reset_reason text,
  reset_at timestamptz,
  foreign key (organization_id, actuator_id) references actuator (organization_id, id),
  check ((reset_by is null) = (reset_at is null))
);
create unique index trip_one_open on trip (actuator_id) where reset_at is null;
create index trip_recent on trip (organization_id, tripped_at desc, id desc);

create function trip_guard() returns trigger language plpgsql as $$
begin
  if (new.id, new.actuator_id, new.cause, new.message, new.tripped_by, new.tripped_at) is distinct from
     (old.id, old.actuator_id, old.cause, old.message, old.tripped_by, old.tripped_at) then
    raise exception 'the first cause of a trip stays' using errcode = 'integrity_constraint_violation';
  end if;
  if old.reset_at is not null then
    raise exception 'a trip that was reset is history' using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end
$$;
create trigger trip_guard before update on trip for each row execute function trip_guard();

-- A person stops a site: whatever is there, or comes there, is held until a person ends it.
create table site_stop (
  id uuid primary key,
  organization_id int not null,
  site_id int not null,
  reason text,
  stopped_by text not null,
  stopped_at timestamptz not null default clock_timestamp(),
  released_by text,
  released_at timestamptz,
  foreign key (organization_id, site_id) references site (organization_id, id),
  check ((released_by is null) = (released_at is null))
);
create unique index site_stop_one_open on site_stop (site_id) where released_at is null;

-- What a hold is part of ends it: a person's own by a release, a trip's by its reset, a site's by the end of its stop.
alter table actuator_hold
  add column trip_id uuid references trip,
  add column site_stop_id uuid references site_stop,
  add check (trip_id is null or site_stop_id is null);

-- What waits for an actuator, the longest waiting first.
create index execution_waiting on execution (actuator_id, created_at) where status in ('PENDING', 'WAITING');

alter table execution
  drop constraint execution_type_check,
  add constraint execution_type_check check (type in ('MANUAL', 'SCHEDULED', 'THRESHOLD', 'FOREIGN')),
  drop constraint execution_action_check,
  add constraint execution_action_check check (action in ('RUN', 'DOSE', 'SET', 'STOP', 'RELEASE', 'TRIP', 'RESET')),
  -- A person's request waits no longer than this.
  add column wait_limit_at timestamptz,
  -- An administrator's written reason for passing a cooldown.
  add column override_reason text check (length(override_reason) between 1 and 500);

-- Everything that became of an execution, and why. A wait that is only prolonged is no news.
create table execution_event (
  id bigint generated always as identity primary key,
  execution_id uuid not null references execution,
  at timestamptz not null default clock_timestamp(),
  status text not null,
  reason text,
  message text,
  until timestamptz,
  who text
);
create index execution_event_execution on execution_event (execution_id, id);

create function execution_event_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the trail of an execution is append-only' using errcode = 'integrity_constraint_violation';
end
$$;
create trigger execution_event_is_append_only before update or delete or truncate on execution_event
  for each statement execute function execution_event_is_append_only();

create function execution_trail() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' or (new.status, new.reason) is distinct from (old.status, old.reason) then
    insert into execution_event (execution_id, status, reason, message, until, who)
    values (new.id, new.status, new.reason, new.message, new.wait_until,
            case when tg_op = 'INSERT' then new.requested_by end);
  end if;
  return null;
end
$$;
create trigger execution_trail after insert or update on execution for each row execute function execution_trail();

alter table command
  add column interlock_group text,
  add column amount double precision check (amount > 0),
  add column unit text,
  add column value double precision,
  add column is_override boolean not null default false,
  -- Of a run that the device's journal knew and we did not: its id there.
  add column foreign_id text,
  -- What a DOSE proved to have counted out.
  add column dosed double precision check (dosed >= 0),
  add constraint command_dose check (kind <> 'DOSE' or foreign_id is not null or (amount is not null and unit is not null)),
  add constraint command_interlock exclude using gist (organization_id with =, interlock_group with =, run_window with &&)
    where (interlock_group is not null);

create or replace function command_guard() returns trigger language plpgsql as $$
begin
  if (new.id, new.organization_id, new.actuator_id, new.execution_id, new.kind, new.fence, new.duration_ms, new.max_run_ms,
      new.decided_at, new.deadline_at, new.interlock_group, new.amount, new.unit, new.value, new.is_override, new.releases)
     is distinct from
     (old.id, old.organization_id, old.actuator_id, old.execution_id, old.kind, old.fence, old.duration_ms, old.max_run_ms,
      old.decided_at, old.deadline_at, old.interlock_group, old.amount, old.unit, old.value, old.is_override, old.releases) then
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
