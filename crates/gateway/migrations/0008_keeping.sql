-- What there is to forget, the oldest first.

create index outbox_done on outbox (created_at) where state = 'done';
create index payments_with_details on payments (created_at)
    where launch is not null or payer is not null or client_ip is not null;
create index orders_with_digest on orders (created_at) where request_digest <> '';
create index orders_with_card on orders (created_at)
    where card_number is not null and held_reason is null
    and state in ('credited', 'refunded', 'expired', 'cancelled');
