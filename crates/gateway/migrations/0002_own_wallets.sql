-- The operator's own accounts at the wallets, the money that goes back, and who did what.

create table merchants (
    -- `alipay` or `wechat`.
    channel text not null,
    -- Our name of the account: it stands in the address that notices come to.
    name text not null,
    -- Whether new payments are made with it. Old ones are settled in any case.
    enabled bigint not null,
    -- The lowest takes new payments.
    position bigint not null,
    -- Numbers, addresses, public keys: JSON.
    settings text not null,
    -- Private keys and the like: JSON, sealed under the key of that id.
    sealed_by text not null,
    sealed text not null,
    -- Grows with each change, so that every process sees it.
    version bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    constraint merchants_pk primary key (channel, name)
);

-- What is on its way back or is back; never more than was paid, whoever asks how often at once.
alter table payments add column refunding_fen bigint not null default 0
    constraint payments_refunds_within check (refunding_fen >= 0 and refunding_fen <= amount_fen);
-- The wallet's own id of the buyer, where the launch was made for one.
alter table payments add column payer text;
-- The buyer's address, where the wallet compares it.
alter table payments add column client_ip text;
-- The payment that paid the order: written where the order becomes paid.
alter table orders add column paid_by text;
update orders set paid_by = (
    select out_trade_no from payments
    where payments.order_id = orders.id and payments.state = 'succeeded'
    order by updated_at, created_at limit 1
) where state in ('paid', 'fulfilling', 'credited', 'fulfil_failed', 'refunding', 'refunded', 'refund_failed');

create table refunds (
    out_refund_no text not null,
    out_trade_no text not null,
    order_id text not null,
    amount_fen bigint not null,
    -- In words that the buyer may read at the wallet.
    reason text not null,
    -- double_payment, recharge_failed, late or operator.
    cause text not null,
    -- created, done or refused.
    state text not null,
    -- The operator's key: the same request again is the same refund.
    idempotency_key text,
    last_error text,
    created_at bigint not null,
    updated_at bigint not null,
    constraint refunds_pk primary key (out_refund_no),
    constraint refunds_payment_fk foreign key (out_trade_no) references payments (out_trade_no),
    constraint refunds_order_fk foreign key (order_id) references orders (id),
    constraint refunds_key_unique unique (idempotency_key),
    constraint refunds_amount_positive check (amount_fen > 0)
);

create index refunds_by_order on refunds (order_id, created_at);

-- Recharges of our own, under the order's number. Written before the first send.
create table recharges (
    order_id text not null,
    number text not null,
    -- When it was last sent; absent where it surely did not arrive.
    sent_at bigint,
    -- The platform's code, where it refused for good.
    refused_code bigint,
    constraint recharges_pk primary key (order_id),
    constraint recharges_order_fk foreign key (order_id) references orders (id)
);

-- Who a browser's buyer is to a wallet. The cookie is known by its digest only.
create table payers (
    digest text not null,
    channel text not null,
    merchant text not null,
    payer text not null,
    expires_at bigint not null,
    constraint payers_pk primary key (digest, channel, merchant)
);

create index payers_to_forget on payers (expires_at);

-- Ways to the wallet's authorisation page that are under way, each to be come back from once.
create table authorisations (
    state_digest text not null,
    browser_digest text not null,
    order_id text not null,
    channel text not null,
    merchant text not null,
    expires_at bigint not null,
    constraint authorisations_pk primary key (state_digest)
);

create index authorisations_to_forget on authorisations (expires_at);

-- What the operator did, allowed or not.
create table audit (
    id text not null,
    at bigint not null,
    action text not null,
    subject text not null,
    -- JSON without secrets.
    detail text not null,
    -- done or refused.
    outcome text not null,
    address text not null,
    constraint audit_pk primary key (id)
);

create index audit_by_time on audit (at);
