-- Who may do what, and which devices there are.

create table organization (
  id int generated always as identity primary key,
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text not null check (length(name) between 1 and 200),
  created_at timestamptz not null default now()
);

create table app_user (
  id uuid primary key default gen_random_uuid(),
  email text not null check (length(email) between 3 and 320),
  name text not null check (length(name) between 1 and 200),
  password_hash text not null,
  created_at timestamptz not null default now(),
  is_active boolean not null default true
);
create unique index app_user_email_key on app_user (lower(email));

create table membership (
  user_id uuid not null references app_user on delete cascade,
  organization_id int not null references organization on delete cascade,
  roles text[] not null check (cardinality(roles) > 0 and roles <@ array['operator', 'scientist', 'admin']),
  primary key (user_id, organization_id)
);

-- Keys that sign access tokens. `sealed` is the private part, encrypted with SLUICE_SECRET.
create table signing_key (
  id text primary key,
  algorithm text not null,
  sealed bytea not null,
  created_at timestamptz not null default now(),
  retired_at timestamptz
);

create table refresh_token (
  token_hash bytea primary key,
  user_id uuid not null references app_user on delete cascade,
  organization_id int not null references organization on delete cascade,
  family uuid not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  revoked_at timestamptz
);
create index refresh_token_family on refresh_token (family);

create table api_client (
  id uuid primary key default gen_random_uuid(),
  organization_id int not null references organization on delete cascade,
  name text not null check (length(name) between 1 and 200),
  token_hash bytea not null unique,
  scopes text[] not null check (cardinality(scopes) > 0),
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);
create unique index api_client_name on api_client (organization_id, name) where revoked_at is null;

create table site (
  id int generated always as identity primary key,
  organization_id int not null references organization on delete cascade,
  slug text not null check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text not null check (length(name) between 1 and 200),
  region text,
  latitude double precision check (latitude between -90 and 90),
  longitude double precision check (longitude between -180 and 180),
  time_zone text not null,
  is_default boolean not null default false,
  created_at timestamptz not null default now(),
  unique (organization_id, slug),
  unique (organization_id, id)
);
create unique index site_one_default on site (organization_id) where is_default;

create table asset (
  id int generated always as identity primary key,
  organization_id int not null references organization on delete cascade,
  site_id int not null,
  parent_id int,
  kind text not null check (length(kind) between 1 and 63),
  name text not null check (length(name) between 1 and 200),
  properties jsonb not null default '{}',
  created_at timestamptz not null default now(),
  unique (organization_id, id),
  foreign key (organization_id, site_id) references site (organization_id, id),
  foreign key (organization_id, parent_id) references asset (organization_id, id)
);
create index asset_parent on asset (parent_id);
create index asset_site on asset (site_id);

create table device_profile (
  id int generated always as identity primary key,
  organization_id int not null references organization on delete cascade,
  key text not null check (key ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text not null,
  is_built_in boolean not null default false,
  readings_per_second int not null default 1000 check (readings_per_second > 0),
  readings_burst int not null default 10000 check (readings_burst > 0),
  -- Rules that each new device of the profile is given, as the automation feature takes them.
  default_rules jsonb not null default '[]',
  created_at timestamptz not null default now(),
  unique (organization_id, key),
  unique (organization_id, id)
);

-- Metric numbers are append-only and commit before they are used: stored readings name their metric by number alone.
create table profile_metric (
  profile_id int not null references device_profile on delete cascade,
  number smallint not null check (number between 0 and 255),
  key text not null check (octet_length(key) between 1 and 256),
  unit text,
  quantity text,
  minimum double precision,
  maximum double precision,
  precision smallint,
  created_at timestamptz not null default now(),
  primary key (profile_id, number),
  unique (profile_id, key)
);

create table profile_actuator (
  profile_id int not null references device_profile on delete cascade,
  key text not null check (key ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
  kind text not null,
  max_run_ms int not null check (max_run_ms > 0),
  cooldown_ms int not null check (cooldown_ms >= 0),
  primary key (profile_id, key)
);

create table device (
  id int generated always as identity primary key,
  organization_id int not null references organization on delete cascade,
  uid text not null check (octet_length(uid) between 1 and 128),
  profile_id int not null,
  site_id int not null,
  asset_id int,
  name text not null check (length(name) between 1 and 200),
  status text not null default 'active' check (status in ('active', 'inactive')),
  properties jsonb not null default '{}',
  token_hash bytea unique,
  created_at timestamptz not null default now(),
  unique (organization_id, uid),
  unique (organization_id, id),
  foreign key (organization_id, profile_id) references device_profile (organization_id, id),
  foreign key (organization_id, site_id) references site (organization_id, id),
  foreign key (organization_id, asset_id) references asset (organization_id, id)
);
create index device_profile_idx on device (profile_id);
create index device_site on device (site_id);
create index device_asset on device (asset_id) where asset_id is not null;

create table audit_event (
  id bigint generated always as identity primary key,
  organization_id int references organization on delete cascade,
  at timestamptz not null default now(),
  actor text not null,
  action text not null,
  subject text not null,
  before jsonb,
  after jsonb,
  address text
);
create index audit_event_organization on audit_event (organization_id, id desc);
