-- The verdict of a person about an alert; null where there is none, or it was withdrawn.
alter table alert_care add column verdict text;
alter table alert_care add column verdict_by text;
alter table alert_care add column verdict_at bigint;

-- Verdicts on their way to the feedback topic: written with the decision, published by a notifier. Ids grow with time.
create table feedback (
  feedback_id text primary key,
  alert_id text not null,
  payload text not null,
  created_at bigint not null,
  leased_until bigint not null default 0,
  published_at bigint
);
create index feedback_to_publish on feedback (feedback_id) where published_at is null;
