-- Readings that have left PostgreSQL for files, and the generations that they came from.
-- Breaks: programs of the version before look for readings in tables only, and once a generation is settled answer without
-- them: stop them before this runs.

--   ready → open → closed → settling → settled    its table is dropped a grace after that (`dropped_at`)
alter table generation
  drop constraint generation_state_check,
  add constraint generation_state_check check (state in ('ready', 'open', 'closed', 'settling', 'settled')),
  add column settled_at timestamptz,
  add column dropped_at timestamptz,
  -- Why it could not be settled, how often that was tried, and when it is tried again; those after it wait.
  add column error text,
  add column failures int not null default 0,
  add column retry_at timestamptz;
create index generation_not_dropped on generation (partition, number) where dropped_at is null;

-- A part: one file of readings of one organization and profile, and its sidecar of quarter-hours.
--
--   writing → live → replaced     the file goes a grace after that (`deleted_at`)
--      └──→ abandoned             its writer is gone, or was too slow: never live again
create table part (
  id bigint generated always as identity primary key,
  organization_id int not null,
  profile_id int not null,
  partition smallint not null,
  state text not null default 'writing' check (state in ('writing', 'live', 'replaced', 'abandoned')),
  -- What it was made of: one generation, or the parts of a UTC day or month. No part crosses the border of a UTC month.
  span text not null check (span in ('generation', 'day', 'month')),
  -- The newest generation that it holds.
  generation int,
  -- Arrival: where versions of one (device, time) lie in two parts of a partition, the part with the higher sequence is later.
  -- No two live parts of a partition have the same: generation · 2^20 + the part's place within it.
  sequence bigint not null,
  min_device int not null,
  max_device int not null,
  min_micros bigint not null,
  max_micros bigint not null,
  -- That it replaced earlier versions: its readings may be fewer than those that were sent.
  has_versions boolean not null,
  messages bigint not null,
  readings bigint not null,
  -- Names of objects, never used again.
  name text not null unique,
  bytes bigint,
  checksum text,
  -- Of the end of the file, which knows the checksums of the rest: enough for a query that reads a little of it.
  footer_checksum text,
  sidecar_name text not null unique,
  sidecar_bytes bigint,
  sidecar_checksum text,
  sidecar_footer_checksum text,
  -- Who writes it: a writing part of nobody who lives is abandoned.
  writer uuid not null,
  created_at timestamptz not null default clock_timestamp(),
  live_at timestamptz,
  replaced_at timestamptz,
  replaced_by bigint references part,
  deleted_at timestamptz,
  -- By retention: the readings go and the sidecar stays. Such a part stays live and is not compacted any more.
  raw_dropped_at timestamptz,
  raw_deleted_at timestamptz,
  -- Why it was abandoned, or cannot be merged, and when that is tried again.
  error text,
  failures int not null default 0,
  retry_at timestamptz,
  check (state <> 'live' or (bytes is not null and checksum is not null and sidecar_bytes is not null and sidecar_checksum is not null
    and footer_checksum is not null and sidecar_footer_checksum is not null))
);
create index part_live on part (partition, profile_id, min_micros) where state = 'live';
create index part_to_sweep on part (state, id) where state <> 'live' and deleted_at is null;

-- A counter only grows, until its device starts anew; a gauge goes up and down.
alter table profile_metric
  add column kind text not null default 'gauge' check (kind in ('gauge', 'counter'));
