-- How severe the alert was when somebody took it in hand: of one that became worse since, the acknowledgement does not count.
alter table alert_care add column acknowledged_severity text;
