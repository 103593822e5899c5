-- Which topic the positions are of: one that was deleted and created again has another id.
create table consumer_topic (
  topic text primary key,
  topic_id text not null,
  seen_at bigint not null
);
