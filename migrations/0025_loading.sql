-- 0025: a fleet that is being loaded is told from one that is stale, and how far it has come.

alter table simsync.sweep add column expected bigint;

comment on column simsync.sweep.expected is
    'About how many SIMs the list holds, as the API says while it is walked; null where it does not, or has not yet.';

alter table simsync.ledger add column loading_sims bigint, add column loading_expected bigint;

comment on column simsync.ledger.loading_sims is
    'While whoever took the lease reads the SIMs that are held here, before anything else: how many it has read, as of the last two seconds. Null otherwise.';
comment on column simsync.ledger.loading_expected is
    'Beside loading_sims: about how many there are; null until that is known.';
