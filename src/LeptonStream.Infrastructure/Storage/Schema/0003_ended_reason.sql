-- Why an alert ended (recovered, accepted, gone, superseded, policy); null while it fires, and where it was recorded before this version.
alter table alert add column ended_reason text;
alter table alert_event add column ended_reason text;

-- 1 for an event that only brings the newest points of an alert that goes on as it is.
alter table alert_event add column progress integer not null default 0;
