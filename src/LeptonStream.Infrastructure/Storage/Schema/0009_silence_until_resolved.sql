-- A silence until resolved ends when the alerts that it mutes have been over for its quiet period; ends_at is its
-- maximum then. Null is an end by time alone.
alter table silence add column quiet_ms bigint;
-- 1 once an alert fired that it mutes; since when none of them fires any more.
alter table silence add column has_matched integer not null default 0;
alter table silence add column over_since bigint;
