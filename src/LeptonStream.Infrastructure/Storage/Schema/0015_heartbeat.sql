-- The dead-man's switch, one row for the installation: when the last round of probes set out and to how many partitions, which round
-- heartbeats were sent for last, and when all of them were taken last.
create table heartbeat (
  name text primary key,
  sent_at bigint not null,
  partitions integer not null,
  beaten_at bigint not null,
  succeeded_at bigint not null
);
insert into heartbeat (name, sent_at, partitions, beaten_at, succeeded_at) values ('probe', 0, 0, 0, 0);

-- The newest probe that came back through each partition.
create table probe (
  kafka_partition integer primary key,
  sent_at bigint not null
);
