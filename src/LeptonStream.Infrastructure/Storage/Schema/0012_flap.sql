-- How often alerts with the same labels (but for the severity) opened within the window of Notifier:FlapWindow.
-- Openings are a JSON array of times.
create table flap (
  flap_key text primary key,
  openings text not null,
  -- Null where they do not flap.
  flapping_since bigint,
  changed_at bigint not null
);
create index flap_by_change on flap (changed_at);
