-- The log of readings. Nothing here has a foreign key or a trigger, and no flush waits for a row that another may hold.

-- Who may append to a partition. A takeover raises the epoch; every flush locks the row FOR SHARE and names its epoch.
create table partition_owner (
  partition smallint primary key,
  epoch bigint not null,
  owner text not null,
  taken_at timestamptz not null default now()
);

-- One row a committed flush: the proof of the commit, and the rule states that changed in it.
create table flush (
  partition smallint not null,
  seq bigint not null,
  epoch bigint not null,
  generation int not null,
  messages int not null,
  rule_states bytea,
  committed_at timestamptz not null default clock_timestamp(),
  primary key (partition, seq)
);

-- A generation is a standalone table of slices, `slice_<partition>_<number>`, made ahead of time.
create table generation (
  partition smallint not null,
  number int not null,
  state text not null check (state in ('ready', 'open', 'closed')),
  first_seq bigint,
  last_seq bigint,
  messages bigint not null default 0,
  -- Times of its readings, known when it is closed: a query visits only the generations that may answer it.
  min_micros bigint,
  max_micros bigint,
  opened_at timestamptz,
  closed_at timestamptz,
  primary key (partition, number)
);

-- Times and last values of devices when a generation closed. `is_full` covers every device; the others only those heard in it.
create table device_last (
  partition smallint not null,
  generation int not null,
  chunk int not null,
  is_full boolean not null,
  profile int not null,
  min_device int not null,
  max_device int not null,
  body bytea not null,
  primary key (partition, generation, chunk)
);

-- Rule states when a generation closed, complete.
create table rule_state (
  partition smallint not null,
  generation int not null,
  body bytea not null,
  primary key (partition, generation)
);

-- What could not be stored, with its reason, so that nothing vanishes.
create table rejected_message (
  id bigint generated always as identity primary key,
  organization_id int,
  device_uid text,
  source text not null,
  code text not null,
  reason text not null,
  payload bytea,
  received_at timestamptz not null default clock_timestamp()
);
create index rejected_message_organization on rejected_message (organization_id, id desc);

-- A rule's episodes: each change of a rule's state for a device, committed with the reading that caused it.
create table rule_transition (
  partition smallint not null,
  seq bigint not null,
  ordinal int not null,
  rule_id int not null,
  device_id int not null,
  episode bigint not null,
  state text not null check (state in ('firing', 'resolved')),
  reading_micros bigint not null,
  value double precision,
  primary key (partition, seq, ordinal),
  unique (rule_id, device_id, episode, state)
);
