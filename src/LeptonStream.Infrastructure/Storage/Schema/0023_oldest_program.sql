-- Oldest program: 22
-- Which version a program must know to run on what a step leaves (null: that of the step), and the release that applied it.
alter table schema_version add column oldest_program integer;
alter table schema_version add column program text;
