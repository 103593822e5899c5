-- How far the escalation of an alert has come on each of its routes; a row from its first notification there until it ends.
create table escalation (
  alert_id text not null,
  route_key text not null,
  receiver text not null,
  started_at bigint not null,
  next_step integer not null,
  held integer not null,
  -- Null where all steps are done, or an acknowledgement holds it.
  due_at bigint,
  primary key (alert_id, route_key, receiver)
);
create index escalation_due on escalation (due_at);
