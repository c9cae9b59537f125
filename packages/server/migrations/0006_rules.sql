-- Rules of every kind: a definition says its own kind, may read other devices of an asset, and may alert. Rewrites each
-- rule's definition into the form that names its kind; breaks nothing that reads it, because the form only grew.

update rule set definition = definition || '{"kind":"threshold"}';

alter table rule
  drop column kind,
  add column kind text not null generated always as (definition ->> 'kind') stored
    check (kind in ('threshold', 'rate', 'no-data', 'repeated', 'all', 'any', 'not')),
  -- Over the devices of an asset; `device_id` is then the one of them that its transitions name.
  add column asset_id int,
  -- The alert that it raises, as core/alerts/alert-policy.ts has it; null: it only acts.
  add column alert jsonb,
  -- Raised with every change of the definition: what a rule remembers belongs to one revision of it.
  add column revision int not null default 1 check (revision > 0),
  add column defined_at timestamptz not null default clock_timestamp(),
  add foreign key (organization_id, asset_id) references asset (organization_id, id);
create index rule_asset on rule (asset_id) where asset_id is not null;

create function rule_revision() returns trigger language plpgsql as $$
begin
  if new.definition is distinct from old.definition then
    new.revision := old.revision + 1;
    new.defined_at := clock_timestamp();
  end if;
  return new;
end
$$;
create trigger rule_revision before update on rule for each row execute function rule_revision();

-- An episode of a rule with a `for` begins with `pending`, and one that lapses goes on to `resolved`.
alter table rule_transition
  drop constraint rule_transition_state_check,
  add constraint rule_transition_state_check check (state in ('pending', 'firing', 'resolved'));
alter table rule_standing
  drop constraint rule_standing_state_check,
  add constraint rule_standing_state_check check (state in ('pending', 'firing', 'resolved'));

-- Rules that go by daylight have to know when their site is somewhere else.
create function site_moved() returns trigger language plpgsql as $$
begin
  perform pg_notify('sluice_rule', '');
  return null;
end
$$;
create trigger site_moved after update of latitude, longitude on site for each row
  when ((new.latitude, new.longitude) is distinct from (old.latitude, old.longitude)) execute function site_moved();
