-- The shop's tables, for SQLite and PostgreSQL alike: bigint and text columns only, times in milliseconds since 1970,
-- money in fen, words as the contract spells them.

create table orders (
    -- 128 random bits: whoever has it may see and pay the order.
    id text not null,
    -- For people; it opens nothing.
    number text not null,
    kind text not null,
    state text not null,
    -- Grows with each change, so that of two copies the newer is known.
    version bigint not null,
    -- An operator looks into it: jobs leave it alone.
    held_reason text,
    title text not null,
    amount_fen bigint not null,
    currency text not null,
    -- The full number, since the platform wants it with the recharge; nothing but the platform gets it.
    card_number text,
    card_masked text,
    -- The package as it was when it was ordered.
    package_id text,
    package_name text,
    package_data_mb bigint,
    package_validity text,
    package_reset_rule text,
    idempotency_key text not null,
    -- SHA-256 of the request, to tell a repeat from another request under the same key.
    request_digest text not null,
    redirect_url text,
    created_at bigint not null,
    updated_at bigint not null,
    expires_at bigint not null,
    constraint orders_pk primary key (id),
    constraint orders_number_unique unique (number),
    constraint orders_idempotency_key_unique unique (idempotency_key),
    constraint orders_amount_positive check (amount_fen > 0)
);

create index orders_by_card on orders (card_number, created_at);
create index orders_to_expire on orders (expires_at) where state in ('created', 'paying');
create index orders_changed on orders (updated_at);

-- Every state an order has been in: the timeline that the buyer sees, and the audit.
create table order_events (
    order_id text not null,
    version bigint not null,
    state text not null,
    at bigint not null,
    -- What moved it: a buyer's request, a channel's answer, or time.
    cause text not null,
    constraint order_events_pk primary key (order_id, version),
    constraint order_events_order_fk foreign key (order_id) references orders (id)
);

-- A row per attempt to pay. Its number is stored before the first send, so that an unknown outcome can be asked for.
create table payments (
    out_trade_no text not null,
    order_id text not null,
    channel text not null,
    merchant text not null,
    method text not null,
    launch_kind text not null,
    state text not null,
    amount_fen bigint not null,
    -- What the page does next, as JSON; absent until the channel answered.
    launch text,
    transaction_id text,
    paid_at bigint,
    created_at bigint not null,
    updated_at bigint not null,
    expires_at bigint not null,
    -- When the channel is asked next; absent when there is nothing left to learn.
    next_ask_at bigint,
    constraint payments_pk primary key (out_trade_no),
    constraint payments_order_fk foreign key (order_id) references orders (id),
    constraint payments_amount_positive check (amount_fen > 0)
);

create index payments_by_order on payments (order_id);
create index payments_to_ask on payments (next_ask_at) where next_ask_at is not null;
-- At most one open payment an order.
create unique index payments_one_open on payments (order_id) where state in ('created', 'launched', 'unknown');
-- A wallet's transaction pays one payment, once.
create unique index payments_one_transaction on payments (channel, transaction_id) where transaction_id is not null;

-- Effects outside: written in the transaction that decides them, carried out by jobs.
create table outbox (
    -- What makes the effect unique, such as `fulfil:` and the order's id.
    key text not null,
    effect text not null,
    order_id text not null,
    -- waiting, done or dead.
    state text not null,
    attempts bigint not null,
    next_at bigint not null,
    -- A job that does not come back loses its claim at this time.
    claimed_until bigint not null,
    last_error text,
    created_at bigint not null,
    constraint outbox_pk primary key (key),
    constraint outbox_order_fk foreign key (order_id) references orders (id)
);

create index outbox_waiting on outbox (next_at) where state = 'waiting';

-- Notices that fit no payment of ours, kept for a person to look at.
create table quarantine (
    digest text not null,
    channel text not null,
    merchant text not null,
    out_trade_no text not null,
    times bigint not null,
    first_at bigint not null,
    last_at bigint not null,
    constraint quarantine_pk primary key (digest)
);

-- The last good answers of the card platform, shown while it cannot be reached.
create table snapshots (
    name text not null,
    body text not null,
    taken_at bigint not null,
    constraint snapshots_pk primary key (name)
);
