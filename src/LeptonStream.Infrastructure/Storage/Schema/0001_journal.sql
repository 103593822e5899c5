-- Times are Unix milliseconds; JSON is text; the same statements run on PostgreSQL and SQLite.

-- Numbers given in commit order: whoever takes some holds the row until its transaction ends, so "seq > last seen" misses nothing.
create table counter (
  name text primary key,
  value bigint not null
);
insert into counter (name, value) values ('alert_event', 0), ('notification', 0);

-- Up to which offset the alerts topic is in this database; written in the same transaction as what was read.
create table consumer_offset (
  topic text not null,
  kafka_partition integer not null,
  next_offset bigint not null,
  updated_at bigint not null,
  primary key (topic, kafka_partition)
);

-- Every event of the alerts topic, once.
create table alert_event (
  seq bigint primary key,
  event_id text not null unique,
  alert_id text not null,
  type text not null,
  model text not null,
  metric text not null,
  severity text not null,
  score double precision not null,
  onset bigint not null,
  detected_at bigint not null,
  topic text not null,
  kafka_partition integer not null,
  kafka_offset bigint not null,
  recorded_at bigint not null,
  payload text not null
);
create index alert_event_of_alert on alert_event (alert_id, seq);
create index alert_event_of_model on alert_event (model, detected_at);

-- Every alert as its last event left it.
create table alert (
  alert_id text primary key,
  status text not null,
  severity text not null,
  model text not null,
  metric text not null,
  score double precision not null,
  onset bigint not null,
  detected_at bigint not null,
  resolved_at bigint,
  seq bigint not null,
  payload text not null
);
create index alert_by_status on alert (status, detected_at);
create index alert_by_seq on alert (seq);

-- A group of alerts that are told together: its timer and what each channel was last told.
create table alert_group (
  group_id text primary key,
  routing text not null,
  route_key text not null,
  receiver text not null,
  group_key text not null,
  group_labels text not null,
  next_flush bigint not null,
  told text not null
);
create index alert_group_due on alert_group (routing, next_flush);

create table alert_group_member (
  group_id text not null,
  fingerprint text not null,
  alert_id text not null,
  content text not null,
  primary key (group_id, fingerprint)
);
create index alert_group_member_of_alert on alert_group_member (alert_id);
create index alert_group_member_of_fingerprint on alert_group_member (fingerprint);

-- The outbox and its history: pending, sent or dead.
create table notification (
  notification_id text primary key,
  seq bigint not null unique,
  group_id text not null,
  group_key text not null,
  receiver text not null,
  channel text not null,
  reason text not null,
  status text not null,
  firing integer not null,
  resolved integer not null,
  created_at bigint not null,
  attempts integer not null,
  next_attempt_at bigint not null,
  leased_until bigint not null,
  sent_at bigint,
  last_error text,
  payload text not null
);
create index notification_pending on notification (receiver, channel, seq) where status = 'pending';
create index notification_pending_of_group on notification (group_id, seq) where status = 'pending';

-- A destination that asked not to be called before a time (429 with Retry-After).
create table destination_pause (
  receiver text not null,
  channel text not null,
  until bigint not null,
  primary key (receiver, channel)
);
