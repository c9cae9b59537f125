-- Holds belong to their actuators: a device names its own, and another's of the same name is another. Rewrites no row.
alter table actuator_hold
  drop constraint actuator_hold_pkey,
  add primary key (actuator_id, id);

-- Which gateway a session belongs to: each that begins has a later epoch, and an earlier one ends nothing of a later one.
create sequence session_epoch;
alter table device_link add column session_epoch bigint not null default 0 check (session_epoch >= 0);

-- How far this database's clock has jumped forward, as a gateway has noticed it: one that begins later goes on with it.
create table clock_jump (
  is_only boolean primary key default true check (is_only),
  jumped_at timestamptz not null,
  jump_ms float8 not null check (jump_ms >= 0)
);

-- What people asked of a whole site under an idempotency key, and what it did: the same key with the same request has this answer.
create table site_request (
  organization_id int not null references organization,
  idempotency_key text not null check (length(idempotency_key) between 1 and 200),
  request jsonb not null,
  -- What was stopped, or released.
  actuator_ids int[] not null,
  requested_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (organization_id, idempotency_key)
);

-- The foreign runs of a day, which its budget counts.
create index command_foreign on command (actuator_id, ended_at) where foreign_id is not null;

-- Where a request that waits came from, for the audit of what a worker decides for it later.
alter table execution add column requested_from text;
