-- What people are told: alerts of rules and of Sluice itself, and the trail of each. Adds tables only.

-- One row from its first pending or firing to its close; core/alerts/alert.ts has the steps between.
create table alert (
  id uuid primary key,
  organization_id int not null references organization,
  -- Of a rule: the rule and its device. Of Sluice itself: what watches, such as "disk:<host>".
  rule_id int,
  device_id int,
  source text check (length(source) between 1 and 200),
  -- Where the device stood when it opened. History: rules, sites and assets may be deleted.
  site_id int,
  asset_id int,
  severity text not null check (severity in ('info', 'warning', 'major', 'critical')),
  title text not null check (length(title) between 1 and 300),
  message text not null,
  state text not null check (state in ('pending', 'firing', 'resolved')),
  first_episode bigint not null,
  episode bigint not null check (episode >= first_episode),
  -- How often it has fired.
  occurrences int not null check (occurrences >= 0),
  is_latched boolean not null default false,
  -- Of the alerts of a group that are open at one asset (or site), the first to fire.
  alert_group text,
  is_first_out boolean not null default false,
  -- What the reading that fired it said, and when that was.
  value double precision,
  reading_at timestamptz,
  opened_at timestamptz not null check (opened_at = date_trunc('milliseconds', opened_at)),
  fired_at timestamptz,
  acknowledged_at timestamptz,
  acknowledged_by text,
  resolved_at timestamptz,
  -- "condition", "rule-disabled", "rule-deleted", "device-inactive", "not-watched".
  resolved_reason text,
  cleared_at timestamptz,
  cleared_by text,
  closed_at timestamptz,
  shelved_until timestamptz,
  shelved_by text,
  shelved_reason text,
  re_alarm_after_ms bigint check (re_alarm_after_ms > 0),
  -- When it is told again; null while there is nothing to tell.
  re_alarm_at timestamptz,
  foreign key (organization_id, device_id) references device (organization_id, id),
  check ((source is null) = (rule_id is not null) and (rule_id is null) = (device_id is null)),
  check (state = 'pending' or fired_at is not null),
  check (closed_at is null or (state = 'resolved' and shelved_until is null and re_alarm_at is null)),
  check ((acknowledged_at is null) = (acknowledged_by is null)),
  check ((cleared_at is null) = (cleared_by is null)),
  check ((shelved_until is null) = (shelved_by is null))
);
create unique index alert_one_open on alert (rule_id, device_id) where closed_at is null and rule_id is not null;
create unique index alert_one_open_of_source on alert (organization_id, source) where closed_at is null and source is not null;
create index alert_recent on alert (organization_id, opened_at desc, id desc);
create index alert_open on alert (organization_id, opened_at desc, id desc) where closed_at is null;
create index alert_of_device on alert (device_id, opened_at desc, id desc) where device_id is not null;
create index alert_of_group on alert (organization_id, alert_group) where closed_at is null and alert_group is not null;
create index alert_re_alarm on alert (re_alarm_at) where re_alarm_at is not null;
create index alert_shelf on alert (shelved_until) where shelved_until is not null;

-- What is closed is history; what never fired may vanish.
create function alert_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and old.state <> 'pending' then
    raise exception 'an alert that has fired stays' using errcode = 'integrity_constraint_violation';
  end if;
  if tg_op = 'UPDATE' and old.closed_at is not null then
    raise exception 'an alert that is closed is history' using errcode = 'integrity_constraint_violation';
  end if;
  return case tg_op when 'DELETE' then old else new end;
end
$$;
create trigger alert_guard before update or delete on alert for each row execute function alert_guard();

create table alert_event (
  id bigint generated always as identity primary key,
  alert_id uuid not null references alert,
  at timestamptz not null,
  what text not null check (what in ('fired', 'resolved', 'acknowledged', 'cleared', 'shelved', 'unshelved', 're-alarmed',
    'commented')),
  -- The alert afterwards.
  state text not null,
  is_open boolean not null,
  -- "rule:<id>", "user:<id>", "client:<id>", "system".
  who text not null,
  -- What a person wrote, or why it ended.
  comment text check (length(comment) between 1 and 2000),
  details jsonb
);
create index alert_event_alert on alert_event (alert_id, id);

create function alert_event_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the trail of an alert is append-only' using errcode = 'integrity_constraint_violation';
end
$$;
create trigger alert_event_is_append_only before update or delete or truncate on alert_event
  for each statement execute function alert_event_is_append_only();

-- Processes say here that they live, every few seconds; a clean stop takes the row away.
create table process_beat (
  id uuid primary key,
  host text not null,
  -- What it does at the moment: a gateway that stands by is none.
  roles text[] not null,
  started_at timestamptz not null default clock_timestamp(),
  beat_at timestamptz not null default clock_timestamp()
);
