-- The digest into which a notification is folded, and the time at which one waits to be; null where there is none.
alter table notification add column digest_id text;
alter table notification add column digest_at bigint;
create index notification_sent on notification (receiver, channel, urgent, sent_at) where status = 'sent';
