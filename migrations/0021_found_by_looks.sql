-- 0021: what recent looks are worth stands beside what the sweeps found.

alter table simsync.sweep add column found_by_looks bigint not null default 0;

comment on column simsync.sweep.found_by_looks is 'SIMs that recent looks had found changed since the sweep before ended; this sweep found them as they were told. `changed` counts those that it found first.';
