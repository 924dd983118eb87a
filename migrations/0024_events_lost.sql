-- 0024: an event of its own where events were lost with the server that had them.

create or replace view simsync.event_kind as
select kind, severity
  from (values
    ('account.baselined',         'info'),
    ('sim.added',                 'info'),
    ('sim.removed',               'warning'),
    ('sim.restored',              'info'),
    ('sim.blocked',               'warning'),
    ('sim.unblocked',             'info'),
    ('sim.archived',              'info'),
    ('sim.unarchived',            'info'),
    ('balance.changed',           'info'),
    ('data_balance.changed',      'info'),
    ('balance.low',               'warning'),
    ('balance.recovered',         'info'),
    ('balance.depleted',          'critical'),
    ('tariff.changed',            'info'),
    ('tariff.expiry_changed',     'info'),
    ('tariff.expiring',           'warning'),
    ('tariff.expired',            'critical'),
    ('tariff.renewed',            'info'),
    ('caller_id.attached',        'info'),
    ('caller_id.detached',        'info'),
    ('did.attached',              'info'),
    ('did.detached',              'info'),
    ('fmc.attached',              'info'),
    ('fmc.detached',              'info'),
    ('imei.changed',              'warning'),
    ('imei.mismatched',           'warning'),
    ('imei.matched',              'info'),
    ('attributes.changed',        'info'),
    ('action.confirmed',          'info'),
    ('action.failed',             'warning'),
    ('account.degraded',          'critical'),
    ('account.recovered',         'info'),
    ('account.auth_failed',       'critical'),
    ('account.removals_held',     'critical'),
    ('account.removals_released', 'info'),
    ('account.schema_drift',      'warning'),
    ('account.events_lost',       'critical')) as known (kind, severity);

comment on column simsync.numbering.lost_upto is 'Events after after_seq and up to this one were told, and are lost: their numbers are given to others. account.events_lost says so, the first event behind after_seq. Null where nothing is known to be lost.';
