-- When a person asked for it again; the time to deliver it counts from then. Null where nobody did.
alter table notification add column retried_at bigint;

-- 1 for a notification of something critical that fires, and for those of its group before it: a lane of its own.
alter table notification add column urgent integer not null default 0;
drop index notification_pending;
create index notification_pending on notification (receiver, channel, urgent, seq) where status = 'pending';

-- For trimming.
create index suppression_by_end on suppression (until) where until is not null;
