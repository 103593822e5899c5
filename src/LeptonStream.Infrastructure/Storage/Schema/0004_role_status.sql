-- What each role says of itself, and the last time it did: one row a role. The notifier writes it, also for the detectors, which know no database.
create table role_status (
  role text primary key,
  reported_at bigint not null,
  problems text not null
);
