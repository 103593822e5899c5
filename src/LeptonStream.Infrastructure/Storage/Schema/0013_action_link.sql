-- The key that signs the links of notifications: one row, made by whoever needs it first. Without it all links so far are void.
create table action_link_key (
  id integer primary key,
  secret text not null,
  created_at bigint not null
);

-- A link does each of its actions once.
create table action_link_use (
  notification_id text not null,
  action text not null,
  used_at bigint not null,
  primary key (notification_id, action)
);
