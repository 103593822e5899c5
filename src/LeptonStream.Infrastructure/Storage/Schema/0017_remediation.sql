-- The actions that alerts start: one row for each alert and policy that covers it, from the first time that it does.
create table remediation (
  action_id text primary key,
  policy text not null,
  alert_id text not null,
  model text not null,
  kind text not null,
  action text not null,
  target text not null,
  dry_run integer not null,
  state text not null,
  reason text,
  -- Who approved or rejected it; null where nobody did.
  actor text,
  -- Since when the alert has been open and not suppressed.
  since bigint not null,
  changed_at bigint not null,
  -- When it was started; for a dry run when it would have been.
  acted_at bigint,
  -- Until when it waits for a person, when it is tried again, or until when the alert must have recovered.
  due_at bigint,
  leased_until bigint not null default 0,
  attempts integer not null default 0,
  -- The request as whoever executes it gets it; null until it is decided.
  payload text,
  unique (policy, alert_id)
);
create index remediation_of_alert on remediation (alert_id);
create index remediation_open on remediation (state)
  where state in ('planned', 'blocked', 'waiting_approval', 'approved', 'running', 'done', 'failed');
create index remediation_by_start on remediation (acted_at);
