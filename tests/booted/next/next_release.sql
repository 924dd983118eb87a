-- What a release to come might bring: the booted test upgrades to it.
create table simsync.next_release (
    account text not null,
    constraint next_release_is_one_row primary key (account)
);

comment on table  simsync.next_release         is 'Made by the test of an upgrade.';
comment on column simsync.next_release.account is 'Nobody''s.';
