-- Solutions that organizations have installed, and of each of their parts what was installed: an upgrade changes only what is
-- still so. Profiles get default schedules. Adds tables and a column; rewrites no row.

alter table device_profile add column default_schedules jsonb not null default '[]';

create table solution_installation (
  organization_id int not null references organization on delete cascade,
  solution text not null check (solution ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  version int not null check (version > 0),
  installed_at timestamptz not null default clock_timestamp(),
  -- Removed ones stay, so that nobody takes what was left of one for an installation.
  removed_at timestamptz,
  primary key (organization_id, solution)
);

create table solution_object (
  organization_id int not null,
  solution text not null,
  kind text not null check (kind in ('profile', 'metric', 'actuator', 'rule', 'schedule')),
  profile text not null,
  -- Of the part within its profile; '' is the profile itself.
  key text not null,
  -- As it was installed. Stays when a person deletes the part, which so stays deleted.
  content jsonb not null,
  primary key (organization_id, solution, kind, profile, key),
  foreign key (organization_id, solution) references solution_installation on delete cascade
);
