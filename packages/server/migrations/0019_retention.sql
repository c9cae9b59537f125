-- How long the readings of a profile are kept, and which object store is this installation's.

-- Told apart from every other by a marker in its object store: who sweeps a store has to know that it is its own. The id goes
-- with copies of the database; the epoch is another after each look, so that of a database and its copy one is behind.
create table installation (
  is_one boolean primary key default true check (is_one),
  id uuid not null default gen_random_uuid(),
  epoch uuid not null default gen_random_uuid(),
  -- What the marker is about to say. Both are right until it is known to say it.
  next_epoch uuid
);
insert into installation default values;

-- A profile without a row keeps raw readings two years and rollups for ever. Rows outlive their profile, as its readings do.
create table retention (
  profile_id int primary key,
  policy text not null check (policy in ('keep', 'thin', 'own')),
  -- Null: for ever.
  raw_days int check (raw_days between 1 and 36500),
  -- After so many days quarter-hours become days, and days months. Null: never.
  quarter_days int check (quarter_days between 1 and 36500),
  day_days int check (day_days between 1 and 36500),
  rollup_days int check (rollup_days between 1 and 36500),
  -- A legal hold: while it stands, nothing of the profile goes.
  hold_reason text check (length(hold_reason) between 1 and 1000),
  held_at timestamptz,
  -- A profile that is held cannot be deleted, which would leave nobody to lift the hold.
  held_profile_id int generated always as (case when hold_reason is not null then profile_id end) stored
    constraint retention_hold references device_profile,
  check ((hold_reason is null) = (held_at is null)),
  -- Rollups outlive the readings that they tell of, and coarse ones the fine.
  check (rollup_days is null or (raw_days is not null and rollup_days >= raw_days)),
  check (quarter_days is null or (raw_days is not null and quarter_days >= raw_days)),
  check (day_days is null or (quarter_days is not null and day_days > quarter_days))
);
-- Until now nothing went, so nothing goes of the profiles that are there unless somebody says so.
insert into retention (profile_id, policy) select id, 'own' from device_profile;
create index retention_held on retention (held_profile_id) where held_profile_id is not null;

-- What was found to be due, and since when: it goes a day later, if it is due then too. A clock that was set forward by mistake
-- takes nothing until then.
create table retention_notice (
  part_id bigint not null references part,
  what text not null check (what in ('readings', 'rollups', 'day', 'month')),
  since timestamptz not null default clock_timestamp(),
  primary key (part_id, what)
);

-- How wide the rows of a part's sidecar are: quarter-hours, or what retention made of them, days and months of this zone.
alter table part
  add column sidecar_interval text not null default 'quarter' check (sidecar_interval in ('quarter', 'day', 'month')),
  add column sidecar_zone text not null default 'UTC',
  -- By retention: all of it goes. A hold takes that back until its files begin to be deleted.
  add column dropped_whole_at timestamptz,
  add column deleting_at timestamptz;
create index part_replaced_by on part (replaced_by) where deleting_at is null;
