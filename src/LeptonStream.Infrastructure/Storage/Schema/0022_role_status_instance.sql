-- One row a role and process that reports: of two notifiers each says how it is. What is in the table is some seconds old at most.
drop table role_status;
create table role_status (
  role text not null,
  instance text not null,
  reported_at bigint not null,
  problems text not null,
  primary key (role, instance)
);
