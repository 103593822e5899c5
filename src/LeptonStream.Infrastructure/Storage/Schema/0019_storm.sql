-- 1 for a group that holds something critical which no flush has seen: it is flushed before others that are due.
alter table alert_group add column urgent integer not null default 0;
create index alert_group_urgent on alert_group (routing, next_flush) where urgent = 1;

-- For the incident of a storm: which digest a destination got last, and whether a group's own incident is open.
create index notification_digest on notification (receiver, channel, seq) where reason = 'digest';
create index notification_sent_of_group on notification (group_id, channel, seq) where status = 'sent';
