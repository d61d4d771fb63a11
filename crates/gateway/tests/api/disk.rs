//! A disk that is full, fails or is read-only: nothing is promised that is not written, and all goes on by itself
//! afterwards.

use std::{
    fs::{self, File},
    os::unix::fs::FileExt,
    process::Command,
};

use futures_util::future::join_all;
use tempfile::TempDir;

use crate::support::{Database, process::Process};

/// A write fails after each of so many that do not: more than an order makes.
const WRITES: i32 = 14;
/// Orders asked for at once, so that each connection meets the fault.
const AT_ONCE: usize = 12;

/// Errors of Linux.
const EIO: i32 = 5;
const ENOSPC: i32 = 28;
const EROFS: i32 = 30;

/// What fails.
#[derive(Clone, Copy)]
enum Call {
    Write = 1,
    Sync = 2,
}

/// A gateway on a database whose disk fails on demand.
struct OnBadDisk {
    process: Process,
    wanted: File,
    _database: Database,
    _folder: TempDir,
}

impl OnBadDisk {
    async fn start() -> OnBadDisk {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let library = folder.path().join("faults.so");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/disk/faults.c");
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-o"])
            .arg(&library)
            .args([source, "-ldl"])
            .status();
        assert!(built.expect("a C compiler").success());
        let faults = folder.path().join("faults");
        fs::write(&faults, [0; 12]).expect("room");
        let database = Database::sqlite();
        let file = database.url.trim_start_matches("sqlite://");
        let file = fs::canonicalize(file).unwrap_or_else(|_| file.into());
        let process = Process::start(
            &database,
            &[
                ("LD_PRELOAD", &library.display().to_string()),
                ("FAULTS", &faults.display().to_string()),
                ("FAULTS_OF", &file.display().to_string()),
            ],
        )
        .await;
        OnBadDisk {
            process,
            wanted: File::options().write(true).open(faults).expect("the file"),
            _database: database,
            _folder: folder,
        }
    }

    fn fail(&self, call: Call, error: i32, after: i32) {
        let put = |value: i32, at| self.wanted.write_all_at(&value.to_ne_bytes(), at);
        put(after, 8)
            .and_then(|()| put(error, 4))
            .and_then(|()| put(call as i32, 0))
            .expect("room");
    }

    fn heal(&self) {
        self.wanted.write_all_at(&[0; 4], 0).expect("room");
    }
}

async fn survives(call: Call, error: i32, cause: &str) {
    let shop = OnBadDisk::start().await;
    let process = &shop.process;
    let (paid, number) = process.order_being_paid().await;
    process.pay_in_silence(&number).await;
    let mut promised = Vec::new();
    for after in 0..WRITES {
        shop.fail(call, error, after);
        if after == 0 {
            assert_eq!(
                process.notice(&number).await,
                503,
                "the platform has to tell it again"
            );
            process.says((503, cause)).await;
        }
        for answer in join_all((0..AT_ONCE).map(|_| process.ask_for_an_order())).await {
            match answer.status().as_u16() {
                201 => promised.push(answer.json().await.expect("an order")),
                status => assert_eq!(status, 503, "{:?}", answer.text().await),
            }
        }
        shop.heal();
        for answer in join_all((0..AT_ONCE).map(|_| process.ask_for_an_order())).await {
            assert_eq!(
                answer.status(),
                201,
                "after the fault {after}: {:?}",
                answer.text().await
            );
        }
    }
    process.is_ready().await;
    for order in &promised {
        process.show(order).await;
    }
    process.is_credited(&paid).await;
    let (bought, number) = process.order_being_paid().await;
    process.pay_in_silence(&number).await;
    assert_eq!(process.notice(&number).await, 200);
    process.is_credited(&bought).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_at_every_write() {
    survives(Call::Write, ENOSPC, "the database's disk is full").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_at_every_write() {
    survives(Call::Write, EIO, "the database's disk fails").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_system_that_became_read_only() {
    survives(Call::Write, EROFS, "the database's disk fails").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_at_every_sync() {
    survives(Call::Sync, EIO, "the database's disk fails").await;
}
