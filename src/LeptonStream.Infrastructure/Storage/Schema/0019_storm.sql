-- For the incident of a storm: which digest a destination got last, and whether a group's own incident is open.
create index notification_digest on notification (receiver, channel, seq) where reason = 'digest';
create index notification_sent_of_group on notification (group_id, channel, seq) where status = 'sent';
