-- 0017: a decision on held removals that other SIMs made void is kept in sight.

alter table simsync.held_removal
    add column lapsed    text,
    add column lapsed_by text,
    add column lapsed_at timestamptz,
    add constraint held_removal_lapsed_is_known check (lapsed in ('accepted', 'rejected')),
    add constraint held_removal_lapsed_is_somebodys
        check ((lapsed is null) = (lapsed_by is null) and (lapsed is null) = (lapsed_at is null));

comment on column simsync.held_removal.lapsed    is 'What a person had decided of a set with this SIM in it, until SIMs were missing that were not in the set: then nothing was decided any more. Null where this SIM was in no such set.';
comment on column simsync.held_removal.lapsed_by is 'Who had decided that.';
comment on column simsync.held_removal.lapsed_at is 'When the decision lapsed.';
