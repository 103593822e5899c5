-- Since when the detector works on each partition of the metrics topic without a gap, and when that was seen last: silence of an alert
-- counts in that time only.
create table partition_life (
  kafka_partition integer primary key,
  alive_since bigint not null,
  seen_at bigint not null
);
