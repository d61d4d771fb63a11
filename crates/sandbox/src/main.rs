//! The sandbox as a process of its own.

use std::{net::SocketAddr, process::ExitCode, time::Duration};

use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};

/// The outside platforms, played back on this machine. No money moves.
#[derive(Parser)]
#[command(name = "sandbox", version)]
struct Arguments {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// Base of the links to the cashier, where it differs from the address
    #[arg(long)]
    public_url: Option<String>,
    /// The shop to show in example apps, which are served where it is named
    #[arg(long)]
    shop: Option<String>,
    /// Address of the example apps
    #[arg(long, default_value = "127.0.0.1:8091", requires = "shop")]
    hosts_listen: SocketAddr,
    /// Base of the links to them, where it differs from the address
    #[arg(long, requires = "shop")]
    hosts_url: Option<String>,
    /// Milliseconds from a payment to the data on the card
    #[arg(long, default_value_t = 3000)]
    credit_delay_ms: u64,
    /// Give the card platform other addresses and names than are usual here
    #[arg(long)]
    renamed: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> std::io::Result<()> {
    let mut terminated = signal(SignalKind::terminate())?;
    let sandbox = sandbox::start(sandbox::Options {
        listen: arguments.listen,
        public_url: arguments.public_url,
        credit_delay: Duration::from_millis(arguments.credit_delay_ms),
        renamed: arguments.renamed,
        hosts: arguments.shop.map(|shop| sandbox::HostsOptions {
            listen: arguments.hosts_listen,
            public_url: arguments.hosts_url,
            shop,
        }),
        ..sandbox::Options::default()
    })
    .await?;
    println!("sandbox       {}", sandbox.url());
    println!("control page  {}/_control", sandbox.url());
    if let Some(hosts) = sandbox.hosts_url() {
        println!("example apps  {hosts}/hosts/");
    }
    tokio::select! {
        _ = terminated.recv() => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    sandbox.stop().await
}
