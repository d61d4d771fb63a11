//! What every screen shares: the shop, its catalog, the card that was typed, and what was chosen.

use contract::{
    CardNumber, CardNumberError, CardSummary, Catalog, Host, Method, Order, OrderId,
    RealnameSubmission, Storefront, Unavailable, Way,
};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{self, Failure},
    components::header,
    deep_link::DeepLink,
    dom,
    door::Doors,
    host,
    i18n::{self, Lang},
    outage, second, store, timer,
    ui::follow,
};

/// Something that is asked of the gateway.
#[derive(Clone, Debug, PartialEq)]
pub enum Loaded<T> {
    /// The answer is on its way.
    Loading,
    /// It is there.
    Ready(T),
    /// It did not come.
    Failed(Failure),
}

impl<T> Loaded<T> {
    /// What is there.
    #[must_use]
    pub fn ready(&self) -> Option<&T> {
        match self {
            Loaded::Ready(it) => Some(it),
            Loaded::Loading | Loaded::Failed(_) => None,
        }
    }

    /// Whether it did not come for an outage.
    #[must_use]
    pub fn is_out(&self) -> bool {
        matches!(self, Loaded::Failed(failure) if failure.is_outage())
    }
}

/// What is known of the card whose number is typed.
#[derive(Clone, Debug, PartialEq)]
pub enum Card {
    /// Nothing was typed, or not all of it yet.
    None,
    /// It cannot be a card number.
    Wrong(CardNumberError),
    /// It is being looked up.
    Loading,
    /// It is this one.
    Known(Box<CardSummary>),
    /// The look-up failed.
    Failed(Failure),
}

/// What every screen shares.
#[derive(Clone, Copy)]
pub struct Shop {
    /// Who sells.
    pub storefront: RwSignal<Loaded<Storefront>>,
    /// The name that the static page bears, until the gateway has told its own.
    pub first_brand: StoredValue<String>,
    /// Whether the static page says that this is a demo, until the gateway has told.
    pub first_demo: bool,
    /// What is for sale.
    pub catalog: RwSignal<Loaded<Catalog>>,
    /// The card number as it was typed.
    pub number: RwSignal<String>,
    /// What is known of that card.
    pub card: RwSignal<Card>,
    /// The chosen category's id.
    pub category: RwSignal<Option<String>>,
    /// The chosen package's id.
    pub package: RwSignal<Option<String>>,
    /// The way to pay that the link asked for.
    pub wished: RwSignal<Option<Method>>,
    /// With what the order on the screen is to be paid as soon as it is there, once.
    pub resume: StoredValue<Option<Method>>,
    /// Where the page runs.
    pub host: Host,
    /// Whether a code on the screen may be of use, since there may be a phone to scan it with.
    pub codes: bool,
    /// The order whose own code was asked for, on a device that may be a phone too.
    pub code_of: RwSignal<Option<OrderId>>,
    /// Whether the browser believes it is connected.
    pub online: RwSignal<bool>,
    /// The order that was just made or paid, so that its screen need not wait for it.
    pub latest_order: RwSignal<Option<Order>>,
    /// What the wallet said of the last attempt, if it did not simply take over.
    pub launch_note: RwSignal<Option<i18n::Text>>,
    /// The language, for redrawing; the words come from `i18n`.
    pub lang: RwSignal<Lang>,
    /// The newest announcement that was read here.
    pub seen_notice: RwSignal<Option<String>>,
    /// What is typed for a registration. It lives here so that a change of language does not lose it.
    pub realname: RealnameForm,
    /// The second part of the program.
    pub second: RwSignal<Loaded<&'static Doors>>,
    /// How many links were opened in the open page. Each has everything drawn again, so that no sheet stands for what
    /// was wanted before.
    pub opened: RwSignal<u32>,
    card_wanted: RwSignal<bool>,
    catalog_wanted: RwSignal<bool>,
    catalog_turn: StoredValue<u32>,
    lookup: RwSignal<u32>,
}

/// What is typed for a registration. It is never stored.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealnameForm {
    /// The holder's name.
    pub name: RwSignal<String>,
    /// The holder's identity number.
    pub id_number: RwSignal<String>,
    /// The holder's mobile number.
    pub phone: RwSignal<String>,
    /// Whether it was just handed in.
    pub sent: RwSignal<bool>,
}

impl RealnameForm {
    /// What is typed, for a card.
    #[must_use]
    pub fn submission(self, number: CardNumber) -> RealnameSubmission {
        RealnameSubmission {
            number,
            name: self.name.get_untracked(),
            id_number: self.id_number.get_untracked(),
            phone: self.phone.get_untracked(),
        }
        .tidied()
    }

    /// Forgets what was typed, if that is still what was handed in.
    pub fn clear_if(self, handed_in: &RealnameSubmission) {
        if self.submission(handed_in.number.clone()) != *handed_in {
            return;
        }
        for field in [self.name, self.id_number, self.phone] {
            field.set(String::new());
        }
    }
}

const NUMBER: &str = "rc.number";
const CATEGORY: &str = "rc.category";
const PACKAGE: &str = "rc.package";
const SEEN_NOTICE: &str = "rc.notice";
/// People type on after nineteen of twenty characters.
const TYPING_MS: i32 = 350;
/// How long a catalog that is too old to sell by stands before it is asked for again.
const STALE_MS: i32 = 5_000;

impl Shop {
    /// Starts with what the link asks for, else what this tab held before it was reloaded.
    #[must_use]
    pub fn start(link: DeepLink) -> Shop {
        let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
        let had_card = link.card.is_some();
        let around = host::detect();
        let kept = |name| filled(store::read_for_tab(name)).filter(|_| !had_card);
        let shop = Shop {
            storefront: RwSignal::new(Loaded::Loading),
            first_brand: StoredValue::new(dom::shell_text("shell-brand").unwrap_or_default()),
            first_demo: dom::shell_text("shell-demo").is_some(),
            catalog: RwSignal::new(Loaded::Loading),
            number: RwSignal::new(link.card.or_else(|| kept(NUMBER)).unwrap_or_default()),
            card: RwSignal::new(Card::None),
            category: RwSignal::new(link.category.or_else(|| kept(CATEGORY))),
            package: RwSignal::new(link.package.or_else(|| kept(PACKAGE))),
            wished: RwSignal::new(link.method),
            resume: StoredValue::new(link.pay),
            host: around.host,
            codes: around.codes,
            code_of: RwSignal::new(None),
            online: RwSignal::new(window().navigator().on_line()),
            latest_order: RwSignal::new(None),
            launch_note: RwSignal::new(None),
            lang: RwSignal::new(i18n::lang()),
            seen_notice: RwSignal::new(store::read(SEEN_NOTICE)),
            realname: RealnameForm::default(),
            second: RwSignal::new(Loaded::Loading),
            opened: RwSignal::new(0),
            card_wanted: RwSignal::new(false),
            catalog_wanted: RwSignal::new(false),
            catalog_turn: StoredValue::new(0),
            lookup: RwSignal::new(0),
        };
        shop.load_storefront();
        shop.follow_connection();
        follow(move |_| {
            store::write_for_tab(NUMBER, &shop.number.get());
            store::write_for_tab(CATEGORY, &shop.category.get().unwrap_or_default());
            store::write_for_tab(PACKAGE, &shop.package.get().unwrap_or_default());
        });
        let looked = StoredValue::new(false);
        follow(move |_| {
            shop.number.track();
            if shop.card_wanted.get() {
                // Nobody types what was there from the start.
                let typed = looked.get_value();
                looked.set_value(true);
                shop.look_up_after(if typed { TYPING_MS } else { 0 });
            }
        });
        shop
    }

    /// Says that a screen shows the card; from then on it is looked up whenever its number is complete.
    pub fn want_card(self) {
        if !self.card_wanted.get_untracked() {
            self.card_wanted.set(true);
        }
    }

    /// Says that a screen shows what is for sale.
    pub fn want_catalog(self) {
        if !self.catalog_wanted.get_untracked() {
            self.catalog_wanted.set(true);
            self.load_catalog();
        }
    }

    /// Asks who sells.
    pub fn load_storefront(self) {
        spawn_local(async move {
            let answer = api::storefront().await;
            if let Ok(storefront) = &answer {
                storefront.partner.iter().for_each(host::load);
                if storefront.features.wechat_scan {
                    host::wechat_signs();
                }
            }
            self.storefront
                .set(answer.map_or_else(Loaded::Failed, Loaded::Ready));
        });
    }

    /// How a method is paid here.
    #[must_use]
    pub fn way_to_pay(self, method: Method) -> Way {
        self.storefront.with(|storefront| match storefront {
            Loaded::Ready(storefront) => storefront.way_to_pay(self.host, method),
            Loaded::Loading | Loaded::Failed(_) => contract::way_to_pay(self.host, method),
        })
    }

    /// Takes note that the gateway refuses a method here: it is not offered again.
    pub fn refuse(self, method: Method) {
        let refused = Unavailable {
            host: self.host,
            method,
        };
        self.storefront.update(|storefront| {
            if let Loaded::Ready(storefront) = storefront {
                storefront.unavailable.push(refused);
            }
        });
    }

    /// Asks what is for sale, and again while the answer is too old to sell by. What is there stays until a better
    /// answer comes, and if none comes.
    pub fn load_catalog(self) {
        let turn = self.catalog_turn.get_value() + 1;
        self.catalog_turn.set_value(turn);
        if matches!(self.catalog.get_untracked(), Loaded::Failed(_)) {
            self.catalog.set(Loaded::Loading);
        }
        spawn_local(async move {
            timer::pause().await;
            while self.ask_catalog(turn).await {
                timer::sleep(STALE_MS).await;
                while !dom::is_visible() {
                    timer::sleep(STALE_MS).await;
                }
            }
        });
    }

    /// Asks once what is for sale. Says whether what is shown is too old, and nobody else asks.
    async fn ask_catalog(self, turn: u32) -> bool {
        if self.catalog_turn.get_value() != turn {
            return false;
        }
        let answer = api::catalog().await;
        if self.catalog_turn.get_value() != turn {
            return false;
        }
        let held = self.catalog.with_untracked(|held| match held {
            Loaded::Ready(catalog) => Some((catalog.stale, catalog.as_of)),
            Loaded::Loading | Loaded::Failed(_) => None,
        });
        match answer {
            Ok(catalog) => {
                let stale = catalog.stale;
                // What did not change is not drawn again under the buyer's finger.
                if !stale || held != Some((stale, catalog.as_of)) {
                    self.catalog.set(Loaded::Ready(catalog));
                }
                stale
            }
            Err(failure) => {
                if held.is_none() {
                    self.catalog.set(Loaded::Failed(failure));
                }
                held.is_some_and(|(stale, _)| stale)
            }
        }
    }

    /// The number, if it can be one.
    ///
    /// # Errors
    /// It cannot.
    pub fn card_number(self) -> Result<CardNumber, CardNumberError> {
        self.number.with_untracked(|typed| CardNumber::parse(typed))
    }

    /// Looks the card up again.
    pub fn look_up(self) {
        self.look_up_after(0);
    }

    /// Marks an announcement as read.
    pub fn notice_seen(self, id: String) {
        store::write(SEEN_NOTICE, &id);
        self.seen_notice.set(Some(id));
    }

    /// Changes the language and draws everything again. The focus goes to the new picture of what was pressed.
    pub fn choose_language(self, lang: Lang) {
        i18n::choose(lang);
        self.lang.set(lang);
        request_animation_frame(|| dom::focus_id(header::LANGUAGE_ID));
    }

    /// Does what a link asks for that was opened in the open page. With a card it is another purchase; what was chosen
    /// before was chosen for another card.
    pub fn open_link(self, link: DeepLink) {
        if link == DeepLink::default() {
            return;
        }
        if let Some(lang) = link.language.as_deref().and_then(Lang::of_tag) {
            self.choose_language(lang);
        }
        let is_other = link.card.is_some();
        if let Some(card) = link.card {
            self.number.set(card);
            self.realname.sent.set(false);
        }
        if is_other || link.category.is_some() || link.package.is_some() {
            self.category.set(link.category);
            self.package.set(link.package);
        }
        if link.method.is_some() {
            self.wished.set(link.method);
        }
        if link.pay.is_some() {
            self.resume.set_value(link.pay);
        }
        self.opened.update(|opened| *opened += 1);
    }

    fn look_up_after(self, pause: i32) {
        let turn = self.lookup.get_untracked() + 1;
        self.lookup.set(turn);
        let number = match CardNumber::parse(&self.number.get_untracked()) {
            Ok(number) => number,
            Err(error) => return self.card.set(verdict(error)),
        };
        self.card.set(Card::Loading);
        spawn_local(async move {
            timer::sleep(pause).await;
            if self.lookup.get_untracked() != turn {
                return;
            }
            let answer = api::card(number.as_str()).await;
            if self.lookup.get_untracked() != turn {
                return;
            }
            self.card.set(match answer {
                Ok(summary) => {
                    store::cards::remember(&number);
                    Card::Known(Box::new(summary))
                }
                Err(failure) => Card::Failed(failure),
            });
        });
    }

    fn follow_connection(self) {
        let on = window_event_listener_untyped("online", move |_| self.online.set(true));
        let off = window_event_listener_untyped("offline", move |_| self.online.set(false));
        on_cleanup(move || {
            on.remove();
            off.remove();
        });
        let storefront = move || self.storefront.with_untracked(Loaded::is_out);
        let catalog = move || self.catalog.with_untracked(Loaded::is_out);
        let second = move || self.second.with_untracked(Loaded::is_out);
        let card = move || {
            self.card
                .with_untracked(|card| *card == Card::Failed(Failure::Offline))
        };
        outage::after(
            move || storefront() || catalog() || second() || card(),
            move || {
                if storefront() {
                    self.load_storefront();
                }
                if catalog() {
                    self.load_catalog();
                }
                if second() {
                    second::load_again(self);
                }
                if card() {
                    self.look_up();
                }
            },
        );
    }
}

/// Whoever is still typing is not told that the number is short. What a link brought is not being typed.
fn verdict(error: CardNumberError) -> Card {
    match error {
        CardNumberError::Empty => Card::None,
        CardNumberError::BadLength(length) if length < 20 && dom::is_typing() => Card::None,
        error => Card::Wrong(error),
    }
}
