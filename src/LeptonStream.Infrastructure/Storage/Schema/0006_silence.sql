-- What people asked not to be notified of. Matchers are a JSON array of {name, value, isRegex, isEqual}, as in Alertmanager's API.
create table silence (
  id text primary key,
  matchers text not null,
  starts_at bigint not null,
  ends_at bigint not null,
  created_by text not null,
  comment text not null,
  created_at bigint not null,
  updated_at bigint not null
);
create index silence_by_end on silence (ends_at);

-- Who was not notified of which alert, and why: from the first flush that left it out to the first one that did not; until is null while it lasts.
-- The detail is a JSON array: ids of silences, the id of the inhibiting alert, or names of intervals.
create table suppression (
  group_id text not null,
  fingerprint text not null,
  since bigint not null,
  alert_id text not null,
  receiver text not null,
  cause text not null,
  detail text not null,
  until bigint,
  primary key (group_id, fingerprint, since)
);
create index suppression_that_lasts on suppression (group_id) where until is null;
create index suppression_of_alert on suppression (alert_id, since);

-- The labels that routes, silences and inhibit rules see, a JSON object; null where the alert was recorded before this version.
alter table alert add column labels text;
