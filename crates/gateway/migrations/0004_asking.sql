-- What asking the channels needs to know, and who the operator was.

-- The address that ordered, an IPv6 one as its network of 64 bits; kept while the order is open.
alter table orders add column client text;
-- Until then a process is ending the order whose time ran out, in milliseconds.
alter table orders add column ending_until bigint not null default 0;
create index orders_open_by_client on orders (client) where client is not null;

-- How often a job asked.
alter table payments add column asks bigint not null default 0;
-- Since when its channel has told a state that is not listed, in milliseconds; absent where it tells one that is.
alter table payments add column unlisted_at bigint;
create index payments_to_ask_of on payments (channel, merchant, next_ask_at) where next_ask_at is not null;

create index refunds_by_state on refunds (state, created_at, out_refund_no);

-- Which of its numbers a recharge has: more than the first only after the platform failed those before.
alter table recharges add column attempt bigint not null default 1;

-- The name of the token that was used.
alter table audit add column who text not null default 'operator';
