//! From "top up" to the wallet: one order, one payment, and every question that has to be asked on the way.

use contract::{
    CardNumber, CreateOrder, CreatePayment, ErrorCode, Fen, Host, Method, Order, Package,
    PaymentState, Way, routes,
};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{self, Failure},
    components::order_words::has_code,
    deep_link::DeepLink,
    dom,
    i18n::Text,
    launch::{self, Outcome},
    nav, overlay,
    shop::Shop,
    store::{intents, orders},
    timer,
};

/// How long the gateway's answer may take before the buyer reads that there is none yet.
const ANSWER_MS: i32 = 1500;

/// What is to be paid.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// A package for a card, of which there is no order yet.
    Purchase {
        /// The card.
        card: CardNumber,
        /// The package, with the price that the buyer sees.
        package: Package,
    },
    /// An order that is there.
    Order(Box<Order>),
}

/// What the sheet shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Nothing: it is closed.
    Closed,
    /// Whether an earlier order is still open is being asked.
    Checking,
    /// The ways to pay.
    Choosing,
    /// That something is under way.
    Working(Text),
    /// That the price is now another.
    PriceChanged(Method, Fen),
    /// That the same was bought minutes ago.
    RecentlyBought(Method),
    /// That an order for the same waits to be paid.
    OpenOrder(Box<Order>),
    /// How to open the page in a browser, where this way to pay can be gone.
    Guide(Method),
    /// That the card's holder must be registered first.
    Realname,
    /// That it did not work, and with what it was tried.
    Failed(Failure, Method),
}

/// The way to the wallet, with its state.
#[derive(Clone, Copy)]
pub struct Checkout {
    /// What the sheet shows.
    pub step: RwSignal<Step>,
    /// What is to be paid.
    pub target: RwSignal<Option<Target>>,
    /// Counts what is begun and given up. Work that was begun under another number goes nowhere any more.
    turn: StoredValue<u32>,
    shop: Shop,
}

impl Checkout {
    /// One with nothing to pay yet.
    #[must_use]
    pub fn new(shop: Shop) -> Checkout {
        let checkout = Checkout {
            step: RwSignal::new(Step::Closed),
            target: RwSignal::new(None),
            turn: StoredValue::new(0),
            shop,
        };
        // Whoever left the page and comes back to it as it was has given up what was under way.
        let back = window_event_listener_untyped("pageshow", move |event| {
            let is_kept = dom::property(&event, "persisted").is_some_and(|kept| kept.is_truthy());
            if is_kept && checkout.is_working() {
                checkout.close();
            }
        });
        on_cleanup(move || back.remove());
        checkout
    }

    /// Begins to buy a package for a card.
    pub fn buy(self, card: CardNumber, package: Package) {
        let earlier = intents::find(&card, &package.id).and_then(|intent| intent.order);
        self.target.set(Some(Target::Purchase { card, package }));
        let Some(earlier) = earlier else {
            return self.step.set(Step::Choosing);
        };
        let turn = self.begin(Step::Checking);
        spawn_local(async move {
            let order = api::order(&earlier).await;
            if !self.is_on(turn) {
                return;
            }
            self.step.set(match order {
                Ok(order) if order.state.is_open() => Step::OpenOrder(Box::new(order)),
                Ok(_) => {
                    intents::end_order(&earlier);
                    Step::Choosing
                }
                // The key is kept, so that ordering again gives the same order.
                Err(_) => Step::Choosing,
            });
        });
    }

    /// Chooses how to pay an order that is there.
    pub fn pay_order(self, order: Order) {
        self.target.set(Some(Target::Order(Box::new(order))));
        self.step.set(Step::Choosing);
    }

    /// Pays an order that is there without asking how again.
    pub fn pay_order_with(self, order: Order, method: Method) {
        self.target.set(Some(Target::Order(Box::new(order))));
        self.pay(method);
    }

    /// Pays an order that the buyer began to pay before the wallet was asked who they are.
    pub fn resume(self, order: Order, method: Method) {
        let turn = self.begin(Step::Working(Text::STARTING_PAYMENT));
        spawn_local(self.start_payment(turn, order, method, true));
    }

    /// Goes on with a way to pay.
    pub fn pay(self, method: Method) {
        if self.shop.way_to_pay(method) == Way::OpenInBrowser {
            return self.step.set(Step::Guide(method));
        }
        self.go_on(method, false);
    }

    /// Whether the order's own code can be shown: on a screen that a second device may read, in place of a link.
    #[must_use]
    pub fn can_go_by_phone(self) -> bool {
        self.shop.codes
            && self.target.with(|target| match target {
                Some(Target::Order(order)) => !has_code(order),
                Some(Target::Purchase { .. }) => true,
                None => false,
            })
    }

    /// Makes the order and shows its own code; how it is paid is chosen on the phone that reads it.
    pub fn by_phone(self) {
        match self.target.get_untracked() {
            Some(Target::Order(order)) => {
                self.shop.code_of.set(Some(order.id.clone()));
                self.continue_with(*order);
            }
            Some(Target::Purchase { card, package }) => {
                let turn = self.begin(Step::Working(Text::CREATING_ORDER));
                spawn_local(async move {
                    let answer = order_of(&card, &package, false).await;
                    if !self.is_on(turn) {
                        return;
                    }
                    match answer {
                        Ok(order) => {
                            self.shop.code_of.set(Some(order.id.clone()));
                            self.show(turn, &order).await;
                        }
                        Err(failure) => self.step.set(refused(failure, Method::Alipay)),
                    }
                });
            }
            None => {}
        }
    }

    /// Buys at the price that the gateway told.
    pub fn accept_price(self, method: Method, price: Fen) {
        self.target.update(|target| {
            if let Some(Target::Purchase { card, package }) = target {
                package.price_fen = price;
                intents::end(card, &package.id);
            }
        });
        self.go_on(method, false);
    }

    /// Buys another one on purpose, although the same was bought minutes ago.
    pub fn repeat(self, method: Method) {
        self.forget_intent();
        self.go_on(method, true);
    }

    /// Leaves the order that waits as it is, and makes another.
    pub fn start_over(self) {
        self.forget_intent();
        self.step.set(Step::Choosing);
    }

    /// Goes to the order that waits.
    pub fn continue_with(self, order: Order) {
        let turn = self.begin(Step::Working(Text::LOADING));
        spawn_local(async move {
            self.show(turn, &order).await;
        });
    }

    /// Goes to where the card's holder is registered.
    pub fn register(self) {
        let turn = self.begin(Step::Working(Text::LOADING));
        spawn_local(async move {
            overlay::leave().await;
            if self.is_on(turn) {
                nav::go("/realname");
            }
        });
    }

    /// Closes the sheet and gives up what is under way: no wallet opens any more. An order that was made stays open, and
    /// is offered the next time.
    pub fn close(self) {
        self.begin(Step::Closed);
    }

    /// Whether something is under way.
    #[must_use]
    pub fn is_working(self) -> bool {
        matches!(self.step.get_untracked(), Step::Working(_))
    }

    /// The address that leads another browser to what is to be paid, and to a way to pay it.
    #[must_use]
    pub fn address(self, method: Method) -> String {
        self.target.with_untracked(|target| match target {
            Some(Target::Order(order)) => routes::order_page(&order.id),
            Some(Target::Purchase { card, package }) => DeepLink {
                card: Some(card.as_str().to_owned()),
                category: self.shop.category.get_untracked(),
                package: Some(package.id.clone()),
                method: Some(method),
                ..DeepLink::default()
            }
            .address(),
            None => "/".into(),
        })
    }

    /// Begins something, and with it ends what was begun before.
    fn begin(self, step: Step) -> u32 {
        let turn = self.turn.get_value() + 1;
        self.turn.set_value(turn);
        self.step.set(step);
        turn
    }

    /// Whether the buyer still waits for what was begun.
    fn is_on(self, turn: u32) -> bool {
        self.turn.try_get_value() == Some(turn)
    }

    /// Goes to an order's screen with nothing of the sheet left in the history. Says whether it did.
    async fn show(self, turn: u32, order: &Order) -> bool {
        overlay::leave().await;
        let is_on = self.is_on(turn);
        if is_on {
            self.shop.latest_order.set(Some(order.clone()));
            nav::go(&routes::order_page(&order.id));
            self.step.set(Step::Closed);
        }
        is_on
    }

    fn forget_intent(self) {
        if let Some(Target::Purchase { card, package }) = self.target.get_untracked() {
            intents::end(&card, &package.id);
        }
    }

    fn go_on(self, method: Method, repeat: bool) {
        if self.is_working() {
            return;
        }
        let Some(target) = self.target.get_untracked() else {
            return;
        };
        let turn = self.begin(Step::Working(match target {
            Target::Purchase { .. } => Text::CREATING_ORDER,
            Target::Order(_) => Text::STARTING_PAYMENT,
        }));
        spawn_local(async move {
            let answer = match target {
                Target::Order(order) => Ok(*order),
                Target::Purchase { card, package } => order_of(&card, &package, repeat).await,
            };
            if !self.is_on(turn) {
                return;
            }
            match answer {
                Ok(order) => {
                    self.step.set(Step::Working(Text::STARTING_PAYMENT));
                    self.start_payment(turn, order, method, false).await;
                }
                Err(failure) => self.step.set(refused(failure, method)),
            }
        });
    }

    async fn start_payment(self, turn: u32, mut order: Order, method: Method, resumed: bool) {
        let host = self.shop.host;
        let answer = api::pay(&order.id, CreatePayment { method, host }).await;
        if !self.is_on(turn) {
            return;
        }
        let payment = match answer {
            Ok(payment) => payment,
            Err(failure) => {
                return match failure.code() {
                    // The order's own screen says what is true.
                    Some(
                        ErrorCode::OrderNotPayable
                        | ErrorCode::OrderExpired
                        | ErrorCode::PaymentUnknown,
                    ) => drop(self.show(turn, &order).await),
                    Some(ErrorCode::MethodUnavailable) => self.not_here(order, failure, method),
                    _ => self.step.set(Step::Failed(failure, method)),
                };
            }
        };
        let launch = payment.launch.clone();
        order.payment = Some(payment);
        self.shop.launch_note.set(None);
        if !self.show(turn, &order).await {
            return;
        }
        let outcome = match &launch {
            // The wallet has just said who the buyer is; to be sent there again would never end.
            Some(launch) if resumed && launch::asks_who(launch) => {
                match launch::instead(host, method) {
                    Some(_) => Outcome::Cannot,
                    None => Outcome::NotPaid(Text::LAUNCH_FAILED),
                }
            }
            Some(launch) => launch::carry_out(&order.id, launch, host).await,
            None => Outcome::Here,
        };
        match (outcome, launch::instead(host, method)) {
            (Outcome::Cannot, Some(other)) => self.pay_as(other, order, method).await,
            (outcome, _) => self.tell(order, outcome).await,
        }
    }

    /// Asks for the launch of another host, since this one could not carry out its own.
    async fn pay_as(self, host: Host, mut order: Order, method: Method) {
        let is_here = || nav::here() == routes::order_page(&order.id);
        if !is_here() {
            return;
        }
        let answer = api::pay(&order.id, CreatePayment { method, host }).await;
        if !is_here() {
            return;
        }
        let outcome = match answer {
            Ok(payment) => {
                let launch = payment.launch.clone();
                order.payment = Some(payment);
                self.shop.latest_order.set(Some(order.clone()));
                match &launch {
                    Some(launch) => launch::carry_out(&order.id, launch, host).await,
                    None => Outcome::Here,
                }
            }
            Err(_) => Outcome::NotPaid(Text::LAUNCH_FAILED),
        };
        self.tell(order, outcome).await;
    }

    /// Tells on the order's screen what became of a launch.
    async fn tell(self, order: Order, outcome: Outcome) {
        match outcome {
            Outcome::Left | Outcome::Here => {}
            Outcome::NotPaid(why) => self.say(&order, why),
            Outcome::Cannot => self.say(&order, Text::LAUNCH_UNSUPPORTED),
            Outcome::Ask => self.ask(order).await,
        }
    }

    /// Offers no more what the gateway refuses here, but the way to a browser.
    fn not_here(self, order: Order, failure: Failure, method: Method) {
        self.shop.refuse(method);
        self.target.set(Some(Target::Order(Box::new(order))));
        self.step.set(match self.shop.way_to_pay(method) {
            Way::OpenInBrowser => Step::Guide(method),
            _ => Step::Failed(failure, method),
        });
    }

    /// Has the gateway ask the wallet, whose own words in the page are no proof.
    async fn ask(self, order: Order) {
        self.say(&order, Text::ASKING);
        let _ = api::submitted(&order.id).await;
        // Its screen asks too when it hears of the order.
        self.shop.latest_order.set(Some(order.clone()));
        timer::sleep(ANSWER_MS).await;
        if self.shop.launch_note.get_untracked() == Some(Text::ASKING) {
            self.say(&order, Text::NOT_PAID_YET);
        }
    }

    /// Says something of an order on its screen, unless the buyer has gone elsewhere.
    fn say(self, order: &Order, note: Text) {
        if nav::here() == routes::order_page(&order.id) {
            self.shop.launch_note.set(Some(note));
        }
    }
}

/// Makes the order, or gives the one that an earlier attempt made.
async fn order_of(card: &CardNumber, package: &Package, repeat: bool) -> Result<Order, Failure> {
    let body = CreateOrder {
        card_number: card.as_str().to_owned(),
        package_id: package.id.clone(),
        quoted_fen: package.price_fen,
        repeat,
        ask: true,
    };
    let mut first = true;
    loop {
        let intent = intents::begin(card, &package.id);
        let answer = api::create_order(&body, &intent.key).await;
        // A key that was used up belongs to a purchase that is over: this one is new.
        let used_up = match &answer {
            Ok(order) => !order.state.is_open(),
            Err(failure) => matches!(
                failure.code(),
                Some(ErrorCode::IdempotencyConflict | ErrorCode::IdempotencyKeyInvalid)
            ),
        };
        if used_up && first {
            first = false;
            intents::end(card, &package.id);
            continue;
        }
        if let Ok(order) = &answer {
            intents::becomes(&intent, &order.id);
            orders::remember(order);
        }
        return answer;
    }
}

fn refused(failure: Failure, method: Method) -> Step {
    let price = match &failure {
        Failure::Refused(problem) => problem.price_fen,
        Failure::Offline | Failure::Unreadable => None,
    };
    match (failure.code(), price) {
        (Some(ErrorCode::PriceChanged), Some(price)) => Step::PriceChanged(method, price),
        (Some(ErrorCode::RecentlyBought), _) => Step::RecentlyBought(method),
        (Some(ErrorCode::RealnameRequired), _) => Step::Realname,
        _ => Step::Failed(failure, method),
    }
}

/// Whether a payment may still be carried out.
#[must_use]
pub fn is_live(state: PaymentState) -> bool {
    matches!(state, PaymentState::Created | PaymentState::Launched)
}
