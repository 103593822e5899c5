-- What people decided about an alert: one row where anybody did. Who acknowledged it and until when, whose it is, who closed it and why.
create table alert_care (
  alert_id text primary key,
  acknowledged_by text,
  acknowledged_at bigint,
  ask_again_at bigint,
  assignee text,
  closed_by text,
  closed_at bigint,
  close_reason text,
  -- 1 until the notifier has ended the alert in its groups.
  close_pending integer not null default 0
);
create index alert_care_to_close on alert_care (alert_id) where close_pending = 1;

-- Who changed what, when and why. Rows are only added; the id grows with time.
create table audit (
  audit_id text primary key,
  at bigint not null,
  actor text not null,
  role text not null,
  action text not null,
  alert_id text,
  silence_id text,
  note text not null,
  detail text not null
);
create index audit_of_alert on audit (alert_id, audit_id);

-- The alerts of each notification of the outbox, so that an alert can say who was notified of it.
create table notification_alert (
  alert_id text not null,
  notification_id text not null,
  resolved integer not null,
  primary key (alert_id, notification_id)
);
create index notification_alert_of_notification on notification_alert (notification_id);
