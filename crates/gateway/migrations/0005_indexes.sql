-- What is looked up in tables that grow. Held orders and orders of a state have lists of their own.

create index orders_by_time on orders (created_at, id);
create index orders_by_state on orders (state, created_at, id);
create index orders_held on orders (created_at, id) where held_reason is not null;
create index payments_by_merchant on payments (channel, merchant);
create index outbox_by_order on outbox (order_id);
create index refunds_by_payment on refunds (out_trade_no);
create index refunds_by_time on refunds (created_at, out_refund_no);
create index quarantine_by_time on quarantine (last_at, digest);
-- Pages of the audit go on after the last one seen, which its time alone does not name.
drop index audit_by_time;
create index audit_by_time on audit (at, id);
