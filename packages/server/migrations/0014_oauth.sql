-- Programs that hold more than one credential, the outside parties they speak for, and sign-in through a browser.
-- Breaks: programs of the version before look for a token in api_client, where it no longer is.

create table entity (
  id int generated always as identity primary key,
  organization_id int not null references organization on delete cascade,
  slug text not null check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text not null check (length(name) between 1 and 200),
  created_at timestamptz not null default now(),
  unique (organization_id, slug),
  unique (organization_id, id)
);

-- What an entity may read.
create table entity_site (
  organization_id int not null,
  entity_id int not null,
  site_id int not null,
  primary key (entity_id, site_id),
  foreign key (organization_id, entity_id) references entity (organization_id, id) on delete cascade,
  foreign key (organization_id, site_id) references site (organization_id, id) on delete cascade
);
create index entity_site_site on entity_site (site_id);

alter table api_client
  add column entity_id int,
  add column requests_per_second int check (requests_per_second > 0),
  add column requests_burst int check (requests_burst > 0),
  add column expires_at timestamptz,
  add column last_used_at timestamptz,
  add check ((requests_per_second is null) = (requests_burst is null)),
  add foreign key (organization_id, entity_id) references entity (organization_id, id) on delete set null (entity_id);
create index api_client_entity on api_client (entity_id) where entity_id is not null;

-- A token opens the API by itself; a secret is exchanged for access tokens. Of each kind there are two while one is replaced.
create table client_credential (
  hash bytea primary key,
  client_id uuid not null references api_client on delete cascade,
  kind text not null check (kind in ('token', 'secret')),
  created_at timestamptz not null default now(),
  expires_at timestamptz
);
create index client_credential_client on client_credential (client_id);
insert into client_credential (hash, client_id, kind, created_at)
  select token_hash, id, 'token', created_at from api_client;
alter table api_client drop column token_hash;

-- A program on a person's own machine, which asks that person to sign in. It has no secret.
create table application (
  id uuid primary key default gen_random_uuid(),
  organization_id int not null references organization on delete cascade,
  name text not null check (length(name) between 1 and 200),
  redirect_uris text[] not null check (cardinality(redirect_uris) between 1 and 10),
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);
create unique index application_name on application (organization_id, name) where revoked_at is null;

-- A used one is kept while its session is, to recognise a second use.
create table authorization_code (
  code_hash bytea primary key,
  -- Of an application, or the name of one that comes with the server.
  application_id text not null,
  user_id uuid not null references app_user on delete cascade,
  organization_id int not null references organization on delete cascade,
  redirect_uri text not null,
  challenge text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  session_id uuid references session on delete cascade
);
create index authorization_code_open on authorization_code (expires_at) where session_id is null;
create index authorization_code_session on authorization_code (session_id) where session_id is not null;
create index authorization_code_user on authorization_code (user_id);

-- Begun through an organization's application: it acts for that organization alone, and ends with the application.
alter table session add column application_id uuid references application on delete cascade;
create index session_application on session (application_id) where application_id is not null;

-- Who a person is to a provider of single sign-on.
create table external_identity (
  id uuid not null default gen_random_uuid() unique,
  issuer text not null check (length(issuer) between 1 and 2000),
  subject text not null check (length(subject) between 1 and 255),
  user_id uuid not null references app_user on delete cascade,
  -- The sign-on made the account, so the provider says which roles it has.
  is_managed boolean not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz not null,
  primary key (issuer, subject)
);
create index external_identity_user on external_identity (user_id);
