-- How often in a row a channel refused notifications of a group.
create index notification_dead_of_group on notification (group_id, channel, seq) where status = 'dead';

-- Longest pause that is usual between two events of an alert, where it is more than an hour.
alter table alert add column pace_ms bigint;
