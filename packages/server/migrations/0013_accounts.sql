-- People: names to sign in with, sessions, second factors, invitations, registrations, preferences and the mails to them.

alter table app_user
  -- Without "@", so that nobody's user name is another's address.
  add column username text check (username ~ '^[A-Za-z0-9][A-Za-z0-9._-]{1,63}$'),
  add column email_confirmed_at timestamptz;
create unique index app_user_username_key on app_user (lower(username));

alter table membership
  add column is_active boolean not null default true,
  -- The organization has signed the person out: sessions that began until then do not come back to it.
  add column sessions_ended_at timestamptz,
  add column created_at timestamptz not null default now();
create index membership_organization on membership (organization_id);

-- One sign-in of one person on one device; its refresh tokens have its id as their family. It may act for several
-- organizations, one a token.
create table session (
  id uuid primary key,
  user_id uuid not null references app_user on delete cascade,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  -- Refresh tokens that it has had.
  tokens int not null default 1,
  address text,
  user_agent text check (length(user_agent) <= 400)
);
create index session_of_user on session (user_id, last_used_at);
insert into session (id, user_id, created_at, last_used_at)
  select family, user_id, min(created_at), max(created_at) from refresh_token group by family, user_id;
alter table refresh_token
  add constraint refresh_token_session foreign key (family) references session on delete cascade,
  -- The token that this one was exchanged for, while it may be told again to whoever lost the reply.
  add column successor_hash bytea,
  add column sealed_successor bytea;
create index refresh_token_last_use on refresh_token (user_id, organization_id, created_at);
create index refresh_token_of_session on refresh_token (family, created_at);
drop index refresh_token_family;
create index refresh_token_expires on refresh_token (expires_at);

-- Networks from which a person has signed in: others' failures do not slow the sign-ins from there.
create table known_address (
  user_id uuid not null references app_user on delete cascade,
  network text not null,
  last_seen_at timestamptz not null,
  primary key (user_id, network)
);

-- Links in mails. Good once.
create table account_token (
  token_hash bytea primary key,
  purpose text not null check (purpose in ('reset-password', 'change-email')),
  user_id uuid not null references app_user on delete cascade,
  -- change-email: the new one.
  email text,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index account_token_user on account_token (user_id, purpose);
create index account_token_expires on account_token (expires_at);

-- What somebody asked for who is no user yet. Nothing of it is reserved: whoever confirms first has the name.
create table registration (
  user_id uuid primary key,
  organization_id int not null references organization on delete cascade,
  token_hash bytea not null unique,
  username text not null,
  email text not null,
  password_hash text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index registration_organization on registration (organization_id, user_id);
create index registration_expires on registration (expires_at);

create table invitation (
  id uuid primary key default gen_random_uuid(),
  organization_id int not null references organization on delete cascade,
  email text not null check (length(email) between 3 and 320),
  roles text[] not null check (cardinality(roles) > 0 and roles <@ array['operator', 'scientist', 'admin']),
  token_hash bytea not null unique,
  invited_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  revoked_at timestamptz
);
create unique index invitation_open on invitation (organization_id, lower(email))
  where accepted_at is null and revoked_at is null;

-- TOTP (RFC 6238). `secret` is sealed; a code of `last_step` or before it is not taken any more.
create table second_factor (
  user_id uuid primary key references app_user on delete cascade,
  secret bytea not null,
  created_at timestamptz not null,
  confirmed_at timestamptz,
  last_step bigint not null default 0
);
create table recovery_code (
  user_id uuid not null references second_factor on delete cascade,
  code_hash bytea not null,
  primary key (user_id, code_hash)
);

create table preference (
  user_id uuid primary key references app_user on delete cascade,
  settings jsonb not null,
  updated_at timestamptz not null
);

-- Mails to people about their accounts, until they are sent or expire. `sealed` holds address and text, which has a token in it.
create table account_mail (
  id uuid primary key default gen_random_uuid(),
  sealed bytea not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  due_at timestamptz not null,
  attempts int not null default 0,
  last_error text
);
create index account_mail_due on account_mail (due_at);
