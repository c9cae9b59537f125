-- Reports: who wants which one when, what was made, and the mails that carry it. Adds tables, and to sites the language in which
-- their reports are written. Rewrites no row.

alter table site add column language text not null default 'en' check (language ~ '^[a-z]{2}$');

create table report_schedule (
  id int generated always as identity primary key,
  organization_id int not null references organization on delete cascade,
  name text not null check (length(name) between 1 and 200),
  -- Key of its definition.
  report text not null,
  site_id int not null,
  -- Daily at a local time, or a cron expression; by the clock of the site.
  times jsonb not null check (times ->> 'kind' in ('daily', 'cron')),
  -- Null: that of the site.
  language text check (language ~ '^[a-z]{2}$'),
  formats text[] not null check (cardinality(formats) > 0 and formats <@ array['json', 'csv', 'pdf']),
  recipients text[] not null check (cardinality(recipients) <= 20),
  keep_days int not null check (keep_days between 1 and 36500),
  is_enabled boolean not null,
  -- Occurrences up to this have their runs.
  planned_through timestamptz not null,
  -- The next one, and the zone that it was found in: a site that moves moves it. Null: there is none, or it is disabled.
  next_due_at timestamptz,
  found_for text not null,
  -- Periods that nobody made a report of, because Sluice was down for longer than it makes up for.
  missed int not null default 0,
  created_at timestamptz not null,
  created_by text not null,
  unique (organization_id, id),
  foreign key (organization_id, site_id) references site (organization_id, id)
);
create index report_schedule_due on report_schedule (next_due_at) where next_due_at is not null;
create index report_schedule_site on report_schedule (site_id);

-- The queue, and what became of it:
--   queued → running → done
--                    → queued     tried again at due_at, after a pause that grows
--                    → failed     given up, with the reason
--   running whose lease has run out is taken by whoever comes next: its process has died.
create table report_run (
  id uuid primary key,
  seq bigint generated always as identity unique,
  organization_id int not null references organization on delete cascade,
  report text not null,
  -- What the site was called then stays when the site goes.
  site_id int references site on delete set null,
  site text not null,
  period text not null,
  from_at timestamptz not null,
  to_at timestamptz not null,
  language text not null,
  formats text[] not null,
  recipients text[] not null,
  keep_days int not null,
  schedule_id int references report_schedule on delete set null,
  -- Somebody waits for it; scheduled ones are made when there is time.
  is_urgent boolean not null,
  state text not null check (state in ('queued', 'running', 'done', 'failed')),
  attempts int not null default 0,
  due_at timestamptz not null,
  lease_until timestamptz,
  -- Of the last attempt.
  error_code text,
  error text,
  -- False: the period was not over when it was made.
  is_complete boolean,
  -- How much of the data that was due was there.
  share double precision,
  -- Format → name, bytes and checksum in the object store.
  files jsonb not null default '{}',
  requested_by text not null,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  -- When it goes, files first.
  expires_at timestamptz,
  deleted_at timestamptz,
  check ((state = 'running') = (lease_until is not null)),
  check ((state in ('done', 'failed')) = (finished_at is not null))
);
-- Once a schedule and period, whoever plans it and however often.
create unique index report_run_scheduled on report_run (schedule_id, period) where schedule_id is not null;
create index report_run_list on report_run (organization_id, seq desc) where deleted_at is null;
create index report_run_queue on report_run (is_urgent desc, due_at, seq) where state = 'queued';
create index report_run_leases on report_run (lease_until) where state = 'running';
create index report_run_unmade on report_run (state) where state <> 'done' and deleted_at is null;
create index report_run_expires on report_run (expires_at) where expires_at is not null;
create index report_run_site on report_run (site_id);

-- One mail to one recipient, queued with the end of its run.
--   queued → sent
--          → queued     tried again at due_at, after a pause that grows, until it expires
--          → refused    the mail server will not take it
--          → expired
create table report_mail (
  id uuid primary key default gen_random_uuid(),
  run_id uuid not null references report_run on delete cascade,
  recipient text not null,
  state text not null check (state in ('queued', 'sent', 'refused', 'expired')),
  attempts int not null default 0,
  due_at timestamptz not null,
  expires_at timestamptz not null,
  last_error text,
  finished_at timestamptz,
  unique (run_id, recipient)
);
create index report_mail_due on report_mail (due_at) where state = 'queued';
