-- Telling people and programs: where to, by which routes, and what became of every notice.

create table channel (
  id int generated always as identity primary key,
  organization_id int not null references organization on delete cascade,
  kind text not null check (kind in ('webhook', 'email', 'sms')),
  name text not null check (length(name) between 1 and 200),
  configuration jsonb not null,
  -- The signing secrets of a webhook, encrypted with SLUICE_SECRET.
  sealed_secret bytea,
  is_enabled boolean not null default true,
  disabled_reason text,
  sends_per_minute int not null check (sends_per_minute between 1 and 6000),
  send_burst int not null check (send_burst between 1 and 1000),
  created_at timestamptz not null default now(),
  unique (organization_id, id),
  constraint channel_name unique (organization_id, name),
  check ((kind = 'webhook') = (sealed_secret is not null)),
  check (is_enabled = (disabled_reason is null))
);

-- How fast a channel may be used now. Apart from `channel`, because workers write it with every send.
create table channel_pace (
  channel_id int primary key references channel on delete cascade,
  tokens double precision not null check (tokens >= 0),
  refilled_at timestamptz not null,
  -- In a row; from three on the channel counts as down, and is probed with one message at a time.
  failures int not null default 0 check (failures >= 0),
  paused_until timestamptz
);

-- Two lanes a channel, so that a critical notice never waits for a bulk one that is being sent. A lane sends one message at
-- a time; `lease` grows with each, and an outcome is recorded only under the lease that it was sent under.
create table channel_lane (
  channel_id int not null references channel on delete cascade,
  is_urgent boolean not null,
  lease bigint not null default 0,
  leased_until timestamptz,
  served_at timestamptz,
  primary key (channel_id, is_urgent)
);

create table notification_route (
  id int generated always as identity primary key,
  organization_id int not null references organization on delete cascade,
  name text not null check (length(name) between 1 and 200),
  position int not null check (position between 1 and 1000000),
  is_enabled boolean not null default true,
  min_severity text not null check (min_severity in ('info', 'warning', 'major', 'critical')),
  -- Null: all of them.
  site_ids int[] check (cardinality(site_ids) > 0),
  rule_ids int[] check (cardinality(rule_ids) > 0),
  events text[] not null check (cardinality(events) > 0),
  -- A notice that this route takes is offered to the routes after it as well.
  continues boolean not null default false,
  quiet_hours jsonb,
  group_by text not null check (group_by in ('site', 'rule', 'alert', 'all')),
  group_window_ms int not null check (group_window_ms between 0 and 3600000),
  templates jsonb not null default '{}',
  created_at timestamptz not null default now(),
  unique (organization_id, id)
);
create index notification_route_order on notification_route (organization_id, position, id);

-- A channel occurs once in a route, at once (0) or as an escalation: its steps cannot come back to where they began.
create table notification_route_channel (
  organization_id int not null,
  route_id int not null,
  channel_id int not null,
  after_ms int not null check (after_ms between 0 and 604800000),
  primary key (route_id, channel_id),
  foreign key (organization_id, route_id) references notification_route (organization_id, id) on delete cascade,
  constraint notification_route_channel_in_use
    foreign key (organization_id, channel_id) references channel (organization_id, id)
);
create index notification_route_channel_channel on notification_route_channel (channel_id);

-- What was to be told. Site, rule and device are facts of that time, and may be gone.
create table notice (
  id uuid primary key,
  seq bigint generated always as identity unique,
  organization_id int not null references organization on delete cascade,
  alert_id text not null,
  event text not null
    check (event in ('fired', 'resolved', 'acknowledged', 'cleared', 're-alarmed', 'unshelved', 'escalated')),
  severity text not null check (severity in ('info', 'warning', 'major', 'critical')),
  site_id int,
  rule_id int,
  device_id int,
  title text not null,
  message text not null,
  occurred_micros bigint not null,
  data jsonb not null default '{}',
  created_at timestamptz not null
);
create index notice_alert on notice (organization_id, alert_id, seq);
create index notice_age on notice (created_at);

-- The queue: one notice for one channel.
--   pending → sending → sent
--                     → failed → sending …     tried again at next_attempt_at
--                     → dead                   given up; may be replayed
--   suppressed                                 never tried: quiet hours, or a disabled channel; may be replayed
create table delivery (
  id uuid primary key default gen_random_uuid(),
  seq bigint generated always as identity unique,
  organization_id int not null,
  notice_id uuid not null references notice on delete cascade,
  channel_id int not null,
  route_id int references notification_route on delete set null,
  is_urgent boolean not null,
  group_key text not null,
  state text not null check (state in ('pending', 'sending', 'sent', 'failed', 'dead', 'suppressed')),
  -- The message that carried it with others; without one it is a message of its own, under its own id.
  digest_id uuid,
  attempts int not null default 0 check (attempts >= 0),
  next_attempt_at timestamptz not null,
  give_up_at timestamptz not null,
  last_error text,
  created_at timestamptz not null,
  finished_at timestamptz,
  unique (notice_id, channel_id),
  foreign key (organization_id, channel_id) references channel (organization_id, id) on delete cascade,
  check ((state in ('pending', 'sending', 'failed')) = (finished_at is null))
);
create index delivery_waiting on delivery (channel_id, is_urgent, seq) where finished_at is null;
create index delivery_due on delivery (channel_id, is_urgent, next_attempt_at) where finished_at is null;
create index delivery_digest on delivery (digest_id) where digest_id is not null;
create index delivery_channel on delivery (channel_id, state, seq);
create index delivery_organization on delivery (organization_id, seq);
create index delivery_route on delivery (route_id) where route_id is not null;

-- Every attempt to send a message, append-only. `message_id` is a delivery's or a digest's.
create table delivery_attempt (
  id bigint generated always as identity primary key,
  message_id uuid not null,
  channel_id int not null references channel on delete cascade,
  number int not null check (number > 0),
  at timestamptz not null,
  outcome text not null check (outcome in ('sent', 'failed', 'limited', 'refused', 'gone', 'interrupted')),
  http_status int,
  duration_ms int not null check (duration_ms >= 0),
  error text,
  note text
);
create index delivery_attempt_message on delivery_attempt (message_id, id);
create index delivery_attempt_channel on delivery_attempt (channel_id);
create index delivery_attempt_age on delivery_attempt (at);

-- What is told to further channels if nobody has acknowledged by then.
create table escalation (
  id uuid primary key default gen_random_uuid(),
  organization_id int not null references organization on delete cascade,
  alert_id text not null,
  route_id int not null references notification_route on delete cascade,
  notice_id uuid not null references notice on delete cascade,
  after_ms int not null check (after_ms > 0),
  due_at timestamptz not null,
  state text not null default 'waiting' check (state in ('waiting', 'escalated', 'cancelled'))
);
create unique index escalation_one_waiting on escalation (organization_id, alert_id, route_id, after_ms)
  where state = 'waiting';
create index escalation_due on escalation (due_at) where state = 'waiting';
create index escalation_notice on escalation (notice_id);
create index escalation_route on escalation (route_id);
