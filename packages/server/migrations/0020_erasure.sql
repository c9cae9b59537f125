-- Readings that somebody has asked to be erased, and the receipt of it. Breaks: a settler of the version before would settle
-- and merge readings that are to be erased; stop it before this runs.

--   requested → running → done
create table erasure (
  id bigint generated always as identity primary key,
  organization_id int not null,
  -- Null: every device of the organization.
  device_id int,
  reason text not null check (length(reason) between 1 and 1000),
  requested_by text not null,
  requested_at timestamptz not null default now(),
  state text not null default 'requested' check (state in ('requested', 'running', 'done')),
  done_at timestamptz,
  -- What has gone so far. A message that had several versions may be counted with each of them.
  parts_rewritten int not null default 0,
  messages bigint not null default 0,
  bytes bigint not null default 0,
  check ((state = 'done') = (done_at is not null))
);
create index erasure_of_organization on erasure (organization_id, id desc);
create index erasure_not_done on erasure (id) where state <> 'done';

-- What is erased in a partition: everything in generations up to one, which was open when it was asked for.
create table erasure_partition (
  erasure_id bigint not null references erasure,
  partition smallint not null,
  until_generation int not null,
  -- When the partition's owner forgot the newest values. Only a flush writes it.
  latest_forgotten_at timestamptz,
  primary key (erasure_id, partition)
);

-- Erasures up to this one hold nothing in the part any more.
alter table part add column erased_through bigint not null default 0;
