//! Serves the shop on this machine.

use std::{
    env, fs,
    net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket},
    thread,
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;

use crate::{
    build::{self, Mode},
    project,
    services::{self, Place, Profile},
    setup::{self, Needs},
    steps::step,
    stop,
    temporary::Folder,
    wallets,
};

/// The sandbox listens this far above the gateway.
const SANDBOX_DISTANCE: u16 = 10;

/// And its example apps this far.
const HOSTS_DISTANCE: u16 = 20;

/// How the shop is served.
#[derive(Args)]
pub(crate) struct Options {
    /// The gateway's port; the sandbox takes the port 10 above it, its example apps the port 20 above
    #[arg(long, default_value_t = 8080, value_parser = clap::value_parser!(u16).range(1..=65515))]
    port: u16,
    /// Let phones on this network open the shop; codes then carry this machine's address
    #[arg(long)]
    lan: bool,
    /// Compile the servers as for real use too: faster to answer, slower to build
    #[arg(long, conflicts_with = "dev")]
    release: bool,
    /// Compile the page for development: debug checks and large files
    #[arg(long)]
    dev: bool,
    /// Take the money by merchant accounts of the shop's own, at the sandbox's Alipay and WeChat Pay, with a database
    /// that goes away afterwards; says how to open /admin
    #[arg(long)]
    own_wallets: bool,
}

/// Installs what is missing, builds, and serves until told to stop.
///
/// # Errors
/// When something does not build, a port is taken, or a program ends by itself.
pub(crate) fn run(options: &Options) -> Result<()> {
    let folder = options
        .own_wallets
        .then(|| Folder::new("serve"))
        .transpose()?;
    let place = place(options, folder.as_ref())?;
    ensure_free(&place)?;
    setup::ensure(Needs::page())?;
    let mode = if options.dev {
        Mode::Dev
    } else {
        Mode::Release
    };
    let profile = if options.release {
        Profile::Release
    } else {
        Profile::Dev
    };
    step("compile the gateway and the sandbox", || {
        services::build(profile)
    })?;
    build::page(mode)?;

    stop::listen();
    let mut shop = place.start(profile, &[], None)?;
    println!(
        "\n   the shop       {}\n   the sandbox    {}/_control   (the platforms outside, played \
         back)\n   example apps   {}/hosts/   (the shop in an app, a mini-program, a frame)\n   a card to try  \
         898607B2091701418584\n   Ctrl-C stops all of it.\n",
        place.url(),
        place.sandbox_url(),
        place.hosts_url()
    );
    if let Some(keys) = &place.wallets {
        wallets::open_accounts(&place, keys)?;
        println!(
            "   Own merchants take the money: their keys and the token were made for this run alone.\n   \
             curl -H 'Authorization: Bearer {}' {}/admin/merchants\n",
            keys.token,
            place.url()
        );
    }
    while !stop::asked() {
        if let Some(status) = shop.gateway.ended()? {
            bail!("the gateway ended ({status})");
        }
        if let Some(status) = shop.sandbox.ended()? {
            bail!("the sandbox ended ({status})");
        }
        thread::sleep(Duration::from_millis(200));
    }
    println!("\nstopping");
    Ok(())
}

fn place(options: &Options, folder: Option<&Folder>) -> Result<Place> {
    let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let (listen, public) = if options.lan {
        (IpAddr::V4(Ipv4Addr::UNSPECIFIED), lan_address()?)
    } else {
        (here, here)
    };
    Ok(Place {
        database: match folder {
            Some(folder) => services::sqlite_in(folder.path()),
            None => database()?,
        },
        listen,
        public,
        port: options.port,
        sandbox_port: options.port + SANDBOX_DISTANCE,
        hosts_port: options.port + HOSTS_DISTANCE,
        unlimited: false,
        wallets: folder.map(|_| wallets::Keys::new()).transpose()?,
    })
}

/// SQLite in `./data`, unless the environment names another database.
fn database() -> Result<String> {
    if let Ok(database) = env::var("DATABASE_URL") {
        return Ok(database);
    }
    let folder = project::path("data");
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    Ok(services::sqlite_in(&folder))
}

/// Says so before minutes are spent on building.
fn ensure_free(place: &Place) -> Result<()> {
    for port in [place.port, place.sandbox_port, place.hosts_port] {
        ensure!(
            services::is_free(SocketAddr::new(place.listen, port)),
            "port {port} is taken by another program. Stop it, or choose another port: \
             cargo xtask serve --port {}",
            place.port.saturating_add(100)
        );
    }
    Ok(())
}

/// This machine's address on its network: the one that packets to elsewhere leave from.
/// Nothing is sent.
fn lan_address() -> Result<IpAddr> {
    const ELSEWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 9);
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).context("opening a socket")?;
    socket
        .connect(ELSEWHERE)
        .context("this machine is on no network, so --lan has no address")?;
    Ok(socket.local_addr()?.ip())
}
