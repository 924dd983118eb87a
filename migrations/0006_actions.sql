-- The leader looks for requested actions twice a second; those that are over need not be passed each time.
create index action_open on simsync.action (account, id) where state in ('requested', 'sent');
comment on index simsync.action_open is 'The few actions that are not over yet.';
