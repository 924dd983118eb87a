-- 0022: an account that is retired is written in pieces, each a transaction of its own.

alter table simsync.ledger add column retiring_after text collate "C";

comment on column simsync.ledger.retiring_after is
    'While the account is being retired, or where that was broken off: what stands up to this dedup_key was ended and told. Null otherwise.';
