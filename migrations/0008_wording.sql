-- 0008: a fresh process knows SIMs again by the bytes that they came as, like one that has swept before.

alter table simsync.sim add column wording uuid;

comment on column simsync.sim.wording is
    'Hash (64 bits) and length (64 bits) of the bytes that this row was read from: where they come again they need not be read. Null where not known.';
