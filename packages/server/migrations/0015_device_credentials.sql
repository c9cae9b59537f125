-- What devices prove themselves by: several tokens and certificates each, codes by which they are claimed, and gateways that
-- speak for others.
-- Breaks: a process of the version before this one does not find tokens any more, stop it before this runs. And a gateway speaks
-- for its own devices alone: who brought which was not written down before, so those it brought belong to none, and what it sends
-- of them is refused until they are assigned (PATCH /api/v1/devices/{uid}, or a list with POST /api/v1/devices/bulk?onExisting=update).

create table device_credential (
  id uuid primary key default gen_random_uuid(),
  device_id int not null references device on delete cascade,
  kind text not null check (kind in ('token', 'certificate')),
  -- SHA-256: of a token's text, or of a certificate's DER.
  hash bytea not null check (octet_length(hash) = 32),
  -- What people know a certificate by.
  subject text check (length(subject) <= 1000),
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  -- Coarse: a token in use moves this once an hour.
  last_used_at timestamptz,
  -- Replaced: it ends at the latest when it expires, and at once when this one is used.
  ends_on_use_of uuid references device_credential on delete set null,
  unique (kind, hash)
);
create index device_credential_device on device_credential (device_id);
create index device_credential_ends on device_credential (ends_on_use_of) where ends_on_use_of is not null;

insert into device_credential (device_id, kind, hash, created_at)
select id, 'token', token_hash, created_at from device where token_hash is not null;

alter table device drop column token_hash;

-- Whoever may speak for a device besides itself, and since when.
alter table device
  add column gateway_device_id int,
  add column gateway_since timestamptz,
  add foreign key (organization_id, gateway_device_id) references device (organization_id, id),
  add check (gateway_device_id <> id),
  add check ((gateway_device_id is null) = (gateway_since is null));
create index device_gateway on device (gateway_device_id) where gateway_device_id is not null;

create table device_claim (
  id uuid primary key default gen_random_uuid(),
  organization_id int not null references organization on delete cascade,
  -- SHA-256 of the code: 80 random bits, good once and for 30 days at most.
  code_hash bytea not null unique check (octet_length(code_hash) = 32),
  profile_id int not null,
  site_id int not null,
  asset_id int,
  -- Null: the device says it.
  uid text check (octet_length(uid) between 1 and 128),
  -- Whoever made it may give a device that is registered a new token.
  may_replace boolean not null,
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > created_at),
  revoked_at timestamptz,
  used_at timestamptz,
  device_id int references device on delete set null,
  foreign key (organization_id, profile_id) references device_profile (organization_id, id) on delete cascade,
  foreign key (organization_id, site_id) references site (organization_id, id) on delete cascade,
  foreign key (organization_id, asset_id) references asset (organization_id, id) on delete cascade,
  check (used_at is null or revoked_at is null),
  check (uid is not null or not may_replace)
);
create index device_claim_organization on device_claim (organization_id, created_at, id);
create index device_claim_open on device_claim (organization_id, expires_at) where used_at is null and revoked_at is null;
