-- What happens at assets besides readings, what electricity costs, settings of an organization, and an audit that stays.
-- Builds two indexes over audit_event while nobody can write to it: some seconds for a million events.

alter table organization
  -- ISO 4217: of tariffs and costs that name none.
  add column currency text not null default 'EUR' check (currency ~ '^[A-Z]{3}$');

create function audit_event_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the audit is append-only' using errcode = 'integrity_constraint_violation';
end
$$;
-- By row: an organization that nothing was ever done in can still go.
create trigger audit_event_is_append_only before update or delete on audit_event
  for each row execute function audit_event_is_append_only();
create trigger audit_event_is_not_emptied before truncate on audit_event
  for each statement execute function audit_event_is_append_only();
create index audit_event_subject on audit_event (organization_id, subject, id desc);
create index audit_event_actor on audit_event (organization_id, actor, id desc);

-- What people and laboratories say of an asset, or of an instrument: a feeding, a sample, a harvest. `at` is when it happened,
-- which may be long before it was written down.
create table asset_event (
  id bigint generated always as identity primary key,
  organization_id int not null references organization on delete cascade,
  asset_id int,
  device_id int,
  kind text not null check (kind in ('feeding', 'calibration', 'lab-sample', 'harvest', 'note')),
  at timestamptz not null,
  details jsonb not null default '{}',
  note text check (length(note) between 1 and 2000),
  created_by text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (asset_id is not null or device_id is not null),
  foreign key (organization_id, asset_id) references asset (organization_id, id),
  foreign key (organization_id, device_id) references device (organization_id, id)
);
create index asset_event_organization on asset_event (organization_id, at desc, id desc);
create index asset_event_asset on asset_event (asset_id, at desc, id desc) where asset_id is not null;
create index asset_event_device on asset_event (device_id, at desc, id desc) where device_id is not null;

-- What energy costs at a site, or at every site without a tariff of its own. `valid_until` is the first day that it is not.
create table tariff (
  id int generated always as identity primary key,
  organization_id int not null references organization on delete cascade,
  site_id int,
  name text not null check (length(name) between 1 and 200),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  valid_from date not null,
  valid_until date check (valid_until > valid_from),
  -- Periods, tiers, feed-in price and standing charge, as `core/tariffs` checks them.
  prices jsonb not null,
  created_at timestamptz not null default now(),
  foreign key (organization_id, site_id) references site (organization_id, id),
  -- One price at a time.
  constraint tariff_overlap exclude using gist (
    int4range(organization_id, organization_id, '[]') with &&,
    int4range(coalesce(site_id, 0), coalesce(site_id, 0), '[]') with &&,
    daterange(valid_from, valid_until) with &&
  )
);
create index tariff_site on tariff (site_id) where site_id is not null;
