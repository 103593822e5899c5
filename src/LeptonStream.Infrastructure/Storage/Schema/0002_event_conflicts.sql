-- Which series the alert is about, as a fingerprint of model, metric and labels; null where it was recorded before this version.
alter table alert add column series text;

-- Events that are not recorded because their id, or the id of their alert, is known with another content: for people to look into. Each content once.
create table event_conflict (
  event_id text not null,
  content text not null,
  alert_id text not null,
  known_id text not null,
  topic text not null,
  kafka_partition integer not null,
  kafka_offset bigint not null,
  recorded_at bigint not null,
  payload text not null,
  primary key (event_id, content)
);
