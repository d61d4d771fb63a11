//! Payment SDKs that nobody here wrote: as clients of the sandbox, and in the wallets' place before the gateway. With them
//! our own clients' examples are run.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::{
    process::{self, cargo, command},
    project,
    services::{self, Place, Profile},
    setup::{self, Needs, PEERS, node_path},
    steps::step,
    stop,
    tally::Tally,
    temporary::Folder,
    wallets::Keys,
};

const FOLDER: &str = "tests/peers";

/// The examples of our own clients, each of which plays a purchase before a sandbox of its own.
const EXAMPLES: [&str; 3] = [
    "alipay_purchase",
    "shingsou_purchase",
    "wechat_pay_purchase",
];

/// The channels on standard input and output, by the variable that names each to the tests.
const CHANNELS: [(&str, &str); 2] = [
    ("ALIPAY_PEER", "alipay_peer"),
    ("WECHAT_PEER", "wechat_peer"),
];

/// Python's runner writes to the error output, where the results would not be counted, and newer ones fail where a name
/// fits no test.
const UNITTEST: &str = "import sys, unittest\n\
    runner = unittest.TextTestRunner(stream=sys.stdout)\n\
    ran = unittest.main(module=None, testRunner=runner, exit=False)\n\
    sys.exit(not ran.result.wasSuccessful())";

/// Which of the SDKs' tests are run.
#[derive(Args, Default)]
pub(crate) struct Options {
    /// Do not build the servers again
    #[arg(long)]
    no_build: bool,
    /// Only tests whose name has this in it
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Only files whose path below tests/peers has this in it: a wallet (alipay, wechat), a part (client: the SDK
    /// calls the sandbox; channel: it checks what we send; notices: it signs notices to a running gateway), or a
    /// language (.js, .py)
    file: Option<String>,
}

/// Installs and builds what is needed, and runs the tests.
///
/// # Errors
/// When a build or a test fails.
pub(crate) fn run_all(options: &Options) -> Result<()> {
    setup::ensure(Needs::peers())?;
    if !options.no_build {
        step("compile the gateway and the sandbox", || {
            services::build(Profile::Dev)
        })?;
    }
    play(options, &mut Tally::default())
}

/// Runs the tests on a fresh shop whose own merchants take the money; the servers must be built.
///
/// # Errors
/// When a test fails.
pub(crate) fn play(options: &Options, tally: &mut Tally) -> Result<()> {
    stop::listen();
    let files = files(options.file.as_deref())?;
    ensure!(
        !files.is_empty(),
        "no file of {FOLDER} has that in its path"
    );
    if !options.no_build {
        // Of the whole workspace, so that what `cargo test` compiled serves again.
        process::run(&mut cargo(&["build", "--workspace", "--examples"]))?;
    }
    let examples = services::program("examples", Profile::Dev)?;
    if options.file.is_none() && options.name.is_none() {
        for example in EXAMPLES {
            process::run(&mut command(examples.join(example)))?;
        }
    }
    let folder = Folder::new("peers")?;
    let keys = Keys::new()?;
    let token = keys.token.clone();
    let place = Place {
        wallets: Some(keys),
        ..Place::throw_away(folder.path())?
    };
    let logs = project::target_dir()?.join("peers-logs");
    let shop = place.start(Profile::Dev, &["--credit-delay-ms", "200"], Some(&logs))?;

    let mut programs = vec![("SANDBOX", services::program("sandbox", Profile::Dev)?)];
    for (variable, example) in CHANNELS {
        programs.push((variable, examples.join(example)));
    }
    let tests = |command: &mut Command| -> Result<()> {
        tally.run(
            command
                .env("PATH", node_path()?)
                .envs(programs.iter().map(|(name, path)| (name, path)))
                .env("GATEWAY_URL", place.url())
                .env("SANDBOX_URL", place.sandbox_url())
                .env("ADMIN_TOKEN", &token),
        )
    };
    let result = run(&files, options.name.as_deref(), tests);
    if result.is_err() {
        println!("   the servers' logs are in {}", logs.display());
    }
    drop(shop);
    result
}

/// Node's files first, then Python's.
fn run(
    files: &[PathBuf],
    name: Option<&str>,
    mut tests: impl FnMut(&mut Command) -> Result<()>,
) -> Result<()> {
    let root = project::path(FOLDER);
    let (scripts, modules): (Vec<_>, Vec<_>) = files
        .iter()
        .partition(|file| file.extension().is_some_and(|extension| extension == "js"));
    if !scripts.is_empty() {
        let mut node = command("node");
        node.args(["--test", "--test-reporter=spec", "--test-concurrency=1"]);
        if let Some(name) = name {
            node.arg("--test-name-pattern").arg(escaped(name));
        }
        tests(node.args(scripts).current_dir(&root))?;
    }
    // Inside each wallet's folder, since one of the SDKs has the name of its wallet.
    for folder in modules.chunk_by(|one, other| one.parent() == other.parent()) {
        let mut unittest = command(PEERS.program("python")?);
        unittest.args(["-c", UNITTEST]).env("PYTHONPATH", &root);
        if let Some(name) = name {
            unittest.args(["-k", name]);
        }
        unittest.args(folder.iter().filter_map(|file| file.file_stem()));
        let wallet = folder[0].parent().unwrap_or(Path::new(""));
        tests(unittest.current_dir(root.join(wallet)))?;
    }
    Ok(())
}

/// The tests' files below their folder, in order.
fn files(wanted: Option<&str>) -> Result<Vec<PathBuf>> {
    let root = project::path(FOLDER);
    let mut files = Vec::new();
    for wallet in ["alipay", "wechat"] {
        let folder = root.join(wallet);
        for file in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let name = file?.file_name().to_string_lossy().into_owned();
            let is_test =
                name.ends_with(".test.js") || name.starts_with("test_") && name.ends_with(".py");
            let path = format!("{wallet}/{name}");
            if is_test && wanted.is_none_or(|wanted| path.contains(wanted)) {
                files.push(PathBuf::from(path));
            }
        }
    }
    files.sort();
    Ok(files)
}

/// A text as a pattern that finds it.
fn escaped(text: &str) -> String {
    let mut pattern = String::new();
    for char in text.chars() {
        if char.is_ascii_punctuation() {
            pattern.push('\\');
        }
        pattern.push(char);
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_by_wallet_part_and_language() {
        let count = |wanted: &str| files(Some(wanted)).unwrap().len();
        let all = files(None).unwrap().len();
        assert!(all >= 8);
        assert_eq!(count("alipay") + count("wechat"), all);
        assert_eq!(count(".js") + count(".py"), all);
        assert_eq!(count("client"), 4);
        assert_eq!(count("nothing"), 0);
    }

    #[test]
    fn a_name_is_found_as_it_is_written() {
        assert_eq!(escaped("a (b) 付款"), "a \\(b\\) 付款");
    }
}
