-- The trail answers what fired, how long it was passed over and who cancelled; live streams are told. Adds columns and indexes,
-- rewrites no row.
alter table execution
  -- Since when it waits for the runs of others. What has waited so for long goes before newcomers of higher priority.
  add column passed_over_at timestamptz,
  add column cancelled_by text;

-- The reading that began the first episode of a cause, and when it was folded; unknown of causes from before.
alter table execution_cause
  add column reading_micros bigint,
  add column value double precision,
  add column folded_at timestamptz;
alter table execution_cause alter column folded_at set default clock_timestamp();

create index execution_dead_recent on execution (organization_id, created_at desc, id desc) where status = 'DEAD';
-- A dead letter and the executions that repeat it.
create index execution_replay on execution (organization_id, (request ->> 'replayOf')) where request ? 'replayOf';

-- Commits that NOTIFY pass one after the other, which made small ones three times as slow. So a transaction only gathers what is
-- to be told, and who commits it tells it afterwards: `inTransaction` in platform/postgres.ts. Who listens polls besides.
create function tell_after_commit(channel text, payload text) returns void language plpgsql as $$
declare
  gathered text := coalesce(current_setting('sluice.notices', true), '');
begin
  if length(gathered) > 65536 then
    -- An empty payload: more has changed than was said.
    if right(gathered, 13) <> E'sluice_live \n' then
      perform set_config('sluice.notices', gathered || E'sluice_live \n', true);
    end if;
  else
    perform set_config('sluice.notices', gathered || channel || ' ' || payload || E'\n', true);
  end if;
end
$$;

create or replace function execution_trail() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' or (new.status, new.reason) is distinct from (old.status, old.reason) then
    insert into execution_event (execution_id, status, reason, message, until, who)
    values (new.id, new.status, new.reason, new.message, new.wait_until,
            case when tg_op = 'INSERT' then new.requested_by
                 when new.cancelled_by is distinct from old.cancelled_by then new.cancelled_by end);
    -- The form that platform/live-notice.ts reads.
    perform tell_after_commit('sluice_live', format('{"o":%s,"k":"execution","i":"%s"}', new.organization_id, new.id));
  end if;
  return null;
end
$$;

create function command_live() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' or new.state is distinct from old.state then
    perform tell_after_commit('sluice_live', format('{"o":%s,"k":"command","i":"%s"}', new.organization_id, new.id));
  end if;
  return null;
end
$$;
create trigger command_live after insert or update on command for each row execute function command_live();
