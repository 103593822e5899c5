-- Alerts that others found and posted: one row for each time that one fired, merged by Alertmanager's rules. Who posts writes them, a
-- notifier takes them up.
create table received_alert (
  alert_id text primary key,
  fingerprint text not null,
  labels text not null,
  annotations text not null,
  generator_url text not null,
  starts_at bigint not null,
  -- Null where the sender named none: the resolve timeout counts from renewed_at.
  ends_at bigint,
  renewed_at bigint not null,
  -- As the notifier left it: new, firing or ended; number of its events, and the time of the last.
  state text not null,
  events integer not null,
  taken_at bigint not null,
  -- 1 where there is something that the notifier has not taken up.
  pending integer not null
);
create index received_alert_of_fingerprint on received_alert (fingerprint, starts_at);
create index received_alert_pending on received_alert (taken_at) where pending = 1;
create index received_alert_by_end on received_alert (ends_at) where state = 'firing';
create index received_alert_by_renewal on received_alert (renewed_at) where state = 'firing' and ends_at is null;
insert into counter (name, value) values ('received_alert', 0);

-- The routes of the notifier, as others may read them, and its resolve timeout: one row.
create table routing_in_force (
  name text primary key,
  original text not null,
  resolve_timeout_ms bigint not null
);
