-- By which readings of a metric are judged, beside its range: a sensor that hangs, and steps that no sensor makes.

alter table profile_metric
  add column flatline_ms int check (flatline_ms > 0),
  add column max_step double precision check (max_step > 0 and max_step < 'infinity'),
  add column step_ms int check (step_ms > 0),
  add constraint profile_metric_step check ((max_step is null) = (step_ms is null));
