-- What the card platform said of a recharge is kept apart from what it did not say; effects wait in lanes of their own;
-- a clock that is put back is seen.

-- When the platform said that it has the recharge: it is never sent again then.
alter table recharges add column accepted_at bigint;
-- How often it was sent without a sure end.
alter table recharges add column sends bigint not null default 0;
-- How often the platform did not know it since it was sent last, or taken.
alter table recharges add column missed bigint not null default 0;
-- What was taken before looks like what was lost before: none of it is sent again by itself.
update recharges set sends = 1, accepted_at = sent_at where sent_at is not null and refused_code is null;

-- When the wallet said that it has the refund: it is never sent again then.
alter table refunds add column accepted_at bigint;

-- The channel of its payment: with the effect, the lane in which it waits. `parked` is a state too: the order is held,
-- and the effect waits for its release.
alter table outbox add column channel text not null default 'platform';
-- When next_at was written. Where that is yet to come, the clock was put back since.
alter table outbox add column noted_at bigint not null default 0;
update outbox set channel = coalesce((
    select payments.channel from orders join payments on payments.out_trade_no = orders.paid_by
    where orders.id = outbox.order_id
), 'platform') where effect = 'fulfil' and state = 'waiting';
update outbox set channel = coalesce((
    select payments.channel from refunds join payments on payments.out_trade_no = refunds.out_trade_no
    where 'refund:' || refunds.out_refund_no = outbox.key
), 'platform') where effect = 'refund' and state = 'waiting';
create index outbox_lanes on outbox (effect, channel, next_at) where state = 'waiting';
create index outbox_noted on outbox (noted_at) where state = 'waiting';

-- When next_ask_at was written.
alter table payments add column ask_noted_at bigint not null default 0;
create index payments_ask_noted on payments (ask_noted_at) where next_ask_at is not null;
