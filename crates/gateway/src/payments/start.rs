//! `POST /api/v1/orders/{id}/payments`: the buyer chose how to pay.

use std::time::{Duration, Instant};

use axum::{
    Json,
    extract::{Path, State},
    http::HeaderMap,
};
use contract::{
    CardNumber, CreatePayment, ErrorCode, Launch, LaunchKind, Method, OrderId, OrderState, Payment,
    PaymentState, Timestamp, routes,
};

use super::{
    ask, attempt,
    channel::{Channel, ChannelError, NewPayment, Refusal},
    pace::Asker,
    row::{self as payment_row, PaymentRow},
    wanted::{Wanted, Wish, choose, needs_payer},
};
use crate::{
    ApiError, ApiResult, App,
    clock::now,
    crash,
    http::{client_ip::ClientIp, json::ApiJson},
    oauth::{self, payers},
    orders::row::{self, OrderRow},
    random,
    store::again,
};

/// A payment that was made this short a time ago is another tap's, and needs no question, in milliseconds.
const JUST_NOW_MS: i64 = 2_000;
/// A payment that was written this short a time ago, by another process, is on its way to its channel, in milliseconds.
const BEING_SENT_MS: i64 = 5_000;
/// So long it is waited for, whatever the other process's clock says.
const LONGEST_TO_SETTLE: Duration = Duration::from_secs(5);
/// How often it is looked at meanwhile.
const SETTLED_EVERY: Duration = Duration::from_millis(100);
/// How often a tap begins anew because another process was quicker.
const TRIES: usize = 3;
/// A wallet wants some time: a payment is not begun on an order that ends sooner, in milliseconds.
const LEAST_TIME_MS: i64 = 1_000;

/// Starts a payment, or gives back the open one with a fresh launch.
#[utoipa::path(
    post, path = "/api/v1/orders/{id}/payments", tag = "payments", request_body = CreatePayment,
    params(("id" = String, Path, description = "The order's id", pattern = "^[0-9a-f]{32}$")),
    responses(
        (status = 200, description = "The payment, and how it is launched", body = Payment),
        (status = 404, description = "There is no such order", body = contract::Problem),
        (status = 409, description = "The order cannot be paid now, or not in this way", body = contract::Problem),
        (status = 429, description = "Too many requests for this order", body = contract::Problem),
        (status = 502, description = "The channel refused", body = contract::Problem),
        (status = 503, description = "The channel did not answer", body = contract::Problem),
    )
)]
pub async fn start(
    State(app): State<App>,
    Path(id): Path<String>,
    ClientIp(ip): ClientIp,
    headers: HeaderMap,
    ApiJson(request): ApiJson<CreatePayment>,
) -> ApiResult<Json<Payment>> {
    let id = row::parse_id(&id)?;
    let wish = choose(&app, request)?;
    app.limiters.ask(ip, &id)?;
    let (channel, launch) = match wish {
        Wish::Shell(path) => {
            let params = serde_json::json!({ "order": id.as_str(), "method": request.method });
            let params = params.to_string();
            let launch = Launch::MiniProgram { path, params };
            return hand_over(&app, &id, request.method, launch).await;
        }
        Wish::Launch(channel, launch) => (channel, launch),
    };
    let payer = if needs_payer(launch) {
        match payers::of(&app, &headers, channel.as_ref()).await? {
            Some(payer) => Some(payer),
            None => {
                let url = oauth::start_url(&app, channel.name(), &id);
                return hand_over(&app, &id, request.method, Launch::Redirect { url }).await;
            }
        }
    } else {
        None
    };
    let wanted = Wanted {
        client_ip: channel.compares_address(launch).then(|| ip.to_string()),
        method: request.method,
        channel,
        launch,
        payer,
    };
    // A double tap waits for the first tap's payment and is given the same one.
    let turn = app.turns.of(id.as_str());
    let _turn = turn.lock().await;
    let order = payable(&app, &id).await?;
    for _ in 0..TRIES {
        match begin(&app, &order, &wanted).await? {
            Begun::Told(payment) => return Ok(Json(payment)),
            Begun::Written(payment) => {
                let made = NewPayment {
                    client_ip: Some(ip),
                    ..describe(&app, &order, &wanted, &payment)
                };
                return send(&app, &order, wanted.channel.as_ref(), &payment, &made).await;
            }
            Begun::Elsewhere => {}
        }
    }
    Err(ApiError::from(ErrorCode::PaymentUnknown).retry_after(1))
}

/// The payment that the buyer is given.
enum Begun {
    /// It was told to its channel before, and is told to the buyer again.
    Told(Payment),
    /// It is to be told to its channel.
    Written(Box<PaymentRow>),
    /// Another process wrote one a moment ago, which is to be looked at.
    Elsewhere,
}

async fn begin(app: &App, order: &OrderRow, wanted: &Wanted) -> ApiResult<Begun> {
    let id = order.order_id();
    let mut open = settled(app, &id).await?;
    if let Some(known) = open {
        let will_do = wanted.is_launched_by(&known);
        let is_new = (0..JUST_NOW_MS).contains(&(now().0 - known.created_at));
        // Where what was paid twice goes back by itself, the buyer is not made to wait for an answer.
        let may_go_on = will_do || gives_back(app, &known);
        if !(will_do && is_new) {
            // It may have been paid or closed meanwhile: neither is launched again, and a paid one is not followed by
            // another. A launch that was told before can be told again even where the channel does not answer.
            match ask_first(app, &id, &known).await {
                Err(error) if !(may_go_on && error.code == ErrorCode::PaymentUnknown) => {
                    return Err(error);
                }
                _ => {}
            }
        }
        open = open_payment(app, &id).await?;
        if let Some(open) = &open
            && will_do
            && open.out_trade_no == known.out_trade_no
        {
            return Ok(Begun::Told(open.for_buyer(OrderState::Paying)));
        }
    }
    match open {
        Some(open) if wanted.can_reuse(&open) => Ok(Begun::Written(Box::new(open))),
        Some(other) => {
            close_first(app, &id, &other).await?;
            insert(app, order, wanted, true).await
        }
        None => insert(app, order, wanted, false).await,
    }
}

/// Sends the buyer on without a payment: to find out who they are to the wallet, or to the pay page of the mini-program.
async fn hand_over(
    app: &App,
    id: &OrderId,
    method: Method,
    launch: Launch,
) -> ApiResult<Json<Payment>> {
    let order = payable(app, id).await?;
    Ok(Json(Payment {
        method,
        state: PaymentState::Created,
        launch: Some(launch),
        expires_at: Timestamp(order.expires_at),
    }))
}

fn gives_back(app: &App, payment: &PaymentRow) -> bool {
    app.channels
        .named(&payment.channel, &payment.merchant)
        .is_some_and(|channel| channel.can_refund())
}

/// Closes a payment that another one takes the place of, where its wallet can give money back; elsewhere it was asked
/// for just now. If the wallet does not answer, it may still be paid: whichever is paid second goes back.
async fn close_first(app: &App, id: &OrderId, payment: &PaymentRow) -> ApiResult<()> {
    if gives_back(app, payment)
        && let Err(error) = ask::close(app, payment, Asker::Caller).await
    {
        tracing::warn!(out_trade_no = payment.out_trade_no, %error, "a payment that is replaced cannot be closed");
    }
    payable(app, id).await.map(|_| ())
}

/// The open payment, once no other process is about to tell it to its channel: a double tap that reached two of them is
/// given the same one.
async fn settled(app: &App, id: &OrderId) -> ApiResult<Option<PaymentRow>> {
    let since = Instant::now();
    loop {
        let open = open_payment(app, id).await?;
        let is_being_sent = open.as_ref().is_some_and(|open| {
            open.payment_state() == PaymentState::Created
                && now().0 - open.created_at < BEING_SENT_MS
        });
        if !is_being_sent || since.elapsed() > LONGEST_TO_SETTLE {
            return Ok(open);
        }
        tokio::time::sleep(SETTLED_EVERY).await;
    }
}

async fn open_payment(app: &App, id: &OrderId) -> ApiResult<Option<PaymentRow>> {
    let mut conn = app.db.pool().acquire().await?;
    Ok(payment_row::open(&mut conn, id).await?)
}

async fn payable(app: &App, id: &OrderId) -> ApiResult<OrderRow> {
    let order = row::get(app, id).await?;
    if !order.order_state().is_open() || order.held_reason.is_some() {
        let over = order.order_state() == OrderState::Expired;
        return Err(if over {
            ErrorCode::OrderExpired
        } else {
            ErrorCode::OrderNotPayable
        }
        .into());
    }
    if order.expires_at - now().0 < LEAST_TIME_MS {
        return Err(ErrorCode::OrderExpired.into());
    }
    Ok(order)
}

/// Asks for a payment whose outcome matters before the next step; if it was paid, nothing more can be started.
async fn ask_first(app: &App, id: &OrderId, payment: &PaymentRow) -> ApiResult<()> {
    ask::ask(app, payment).await.map_err(|error| {
        tracing::warn!(order = ?id, %error, "a payment's outcome is not known and its channel does not answer");
        ApiError::from(ErrorCode::PaymentUnknown).retry_after(3)
    })?;
    payable(app, id).await.map(|_| ())
}

/// Writes the payment and its number before anything is sent, and gives up the one before it.
async fn insert(app: &App, order: &OrderRow, wanted: &Wanted, replaces: bool) -> ApiResult<Begun> {
    let id = order.order_id();
    let out_trade_no = random::effect_number('P');
    let written = again(|| attempt::write(app, &id, &out_trade_no, wanted, replaces)).await;
    match written {
        Ok(true) => {}
        Ok(false) => return Err(ErrorCode::OrderNotPayable.into()),
        // Another process was quicker: its payment is the open one.
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
            return Ok(Begun::Elsewhere);
        }
        Err(error) => return Err(error.into()),
    }
    crash::point("payment_written");
    app.hub.changed(&id);
    let mut conn = app.db.pool().acquire().await?;
    payment_row::find(&mut conn, &out_trade_no)
        .await?
        .map(|payment| Begun::Written(Box::new(payment)))
        .ok_or_else(ApiError::order_not_found)
}

/// Tells the channel of the payment and keeps what it answers.
async fn send(
    app: &App,
    order: &OrderRow,
    channel: &dyn Channel,
    payment: &PaymentRow,
    made: &NewPayment,
) -> ApiResult<Json<Payment>> {
    let mut answer = channel.create(made).await;
    crash::point("payment_sent");
    if let Err(ChannelError::Unknown(cause)) = &answer {
        // It may or may not be there: ask, and only then send again, under the same number.
        tracing::warn!(
            out_trade_no = payment.out_trade_no,
            cause,
            "a payment's outcome is not known"
        );
        again(|| attempt::unknown(app, payment)).await?;
        ask_first(app, &order.order_id(), payment).await?;
        answer = channel.create(made).await;
    }
    match answer {
        Ok(launch) => launched(app, payment, made.launch, &launch).await,
        Err(error @ (ChannelError::Unreachable(_) | ChannelError::Unknown(_))) => {
            tracing::warn!(out_trade_no = payment.out_trade_no, %error, "a payment cannot be started now");
            // Whoever looks at it next need not wait for this one to tell it.
            again(|| attempt::unknown(app, payment)).await?;
            Err(ApiError::from(ErrorCode::PaymentUnknown).retry_after(3))
        }
        Err(error) => {
            tracing::warn!(out_trade_no = payment.out_trade_no, %error, "a payment is refused");
            again(|| attempt::refused(app, payment)).await?;
            Err(match error {
                ChannelError::Refused(Refusal::CardTerminated, _) => {
                    ErrorCode::CardTerminated.into()
                }
                ChannelError::Refused(Refusal::NotOnSale, _) => ErrorCode::PackageSoldOut.into(),
                ChannelError::AmountDiffers(price) => {
                    ApiError::from(ErrorCode::PriceChanged).price(price)
                }
                _ => ErrorCode::PaymentRefused.into(),
            })
        }
    }
}

fn describe(app: &App, order: &OrderRow, wanted: &Wanted, payment: &PaymentRow) -> NewPayment {
    let card = order
        .card_number
        .as_deref()
        .and_then(|number| CardNumber::parse(number).ok());
    NewPayment {
        out_trade_no: payment.out_trade_no.clone(),
        title: order.title.clone(),
        amount: payment.amount(),
        method: payment.paid_with(),
        launch: wanted.launch,
        goods: card.zip(order.package_id.clone()),
        return_url: format!(
            "{}{}",
            app.config.site(),
            routes::order_page(&order.order_id())
        ),
        notify_url: app.config.notify_url(&payment.channel, &payment.merchant),
        expires_at: Timestamp(payment.expires_at),
        client_ip: None,
        payer: wanted.payer.clone(),
    }
}

async fn launched(
    app: &App,
    payment: &PaymentRow,
    kind: LaunchKind,
    launch: &Launch,
) -> ApiResult<Json<Payment>> {
    let id = payment.order();
    let json = serde_json::to_string(launch).map_err(anyhow::Error::from)?;
    if !again(|| attempt::launched(app, payment, kind, &json)).await? {
        // The order ended, or the payment was paid or replaced, while its channel was being told: nobody pays it now.
        payable(app, &id).await?;
        return Err(ApiError::from(ErrorCode::PaymentUnknown).retry_after(1));
    }
    crash::point("payment_launched");
    app.hub.changed(&id);
    let mut conn = app.db.pool().acquire().await?;
    let payment = payment_row::find(&mut conn, &payment.out_trade_no)
        .await?
        .ok_or_else(ApiError::order_not_found)?;
    let order = row::find(&mut conn, &id)
        .await?
        .ok_or_else(ApiError::order_not_found)?;
    Ok(Json(payment.for_buyer(order.order_state())))
}
