//! How the databases carry statements out when there is much in them.

use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor, Row};

use crate::{
    on_both_databases,
    support::{
        Database,
        statements::{Statement, all},
    },
};

/// Tables that stay small: what the operator set up, one answer each, and what has a bound.
const SMALL: [&str; 3] = ["merchants", "snapshots", "quarantine"];
/// Statements that run when a gateway starts and not again, or that only touch each table.
const LET_BE: [&str; 3] = [
    "update outbox set claimed_until = 0 where claimed_until > 0",
    "select (select count(*) from (select title from orders limit 1)",
    "select (select count(*) from (select state from payments limit 1)",
];
/// Later than any time in the tables.
const LATE: &str = "4102444800000";

/// 10^5 rows of each kind, as a shop has them that has sold for a while.
const ROWS: [&str; 9] = [
    "insert into orders (id, number, kind, state, version, title, amount_fen, currency, card_number, card_masked,
        package_id, idempotency_key, request_digest, created_at, updated_at, expires_at, paid_by)
     $n select 'o' || i, 'R' || i, 'recharge', case when i % 20 = 0 then 'expired' else 'credited' end, 5, 'x', 100,
        'CNY', 'c' || (i / 3), 'm', 'p', 'k' || i, 'd', i * 1000, i * 1000, i * 1000, 'P' || i from n",
    "insert into order_events (order_id, version, state, at, cause) $n select 'o' || i, 1, 'created', i, 'request' from n",
    "insert into payments (out_trade_no, order_id, channel, merchant, method, launch_kind, state, amount_fen, launch,
        created_at, updated_at, expires_at)
     $n select 'P' || i, 'o' || i, case when i % 2 = 0 then 'alipay' else 'wechat' end, 'm' || (i % 7), 'alipay', 'qr',
        'succeeded', 100, '{}', i * 1000, i * 1000, i * 1000 from n",
    "insert into outbox (key, effect, order_id, state, attempts, next_at, claimed_until, created_at)
     $n select 'fulfil:o' || i, 'fulfil', 'o' || i, 'done', 1, i, 0, i from n",
    "insert into refunds (out_refund_no, out_trade_no, order_id, amount_fen, reason, cause, state, created_at, updated_at)
     $n select 'F' || i, 'P' || i, 'o' || i, 1, 'x', 'late', 'done', i, i from n",
    "insert into recharges (order_id, number, sent_at) $n select 'o' || i, 'R' || i, i from n",
    "insert into payers (digest, channel, merchant, payer, expires_at)
     $n select 'd' || i, 'wechat', 'm', 'x', i * 1000 from n",
    "insert into authorisations (state_digest, browser_digest, order_id, channel, merchant, expires_at)
     $n select 's' || i, 'b' || i, 'o' || i, 'wechat', 'm', i * 1000 from n",
    "insert into audit (id, at, action, subject, detail, outcome, address)
     $n select 'A' || i, i, 'x', 'x', 'null', 'done', '127.0.0.1' from n",
];

async fn full(database: &Database) -> AnyConnection {
    let mut config = gateway::config::load(None)
        .expect("the defaults are right")
        .database;
    config.url = database.url.clone().into();
    let db = gateway::store::Db::connect(&config)
        .await
        .expect("the tables");
    db.pool().close().await;
    drop(db);
    let mut connection = AnyConnection::connect(&database.url)
        .await
        .expect("the database opens");
    let quicker = if database.is_sqlite() {
        "pragma synchronous = off"
    } else {
        // Nobody has to check what belongs together here.
        "set session_replication_role = replica"
    };
    connection.execute(quicker).await.expect("a setting");
    for rows in ROWS {
        let numbers =
            "with recursive n(i) as (select 1 union all select i + 1 from n where i < 100000)";
        let sql = rows.replace("$n", numbers);
        connection.execute(AssertSqlSafe(sql)).await.expect("rows");
    }
    if !database.is_sqlite() {
        connection
            .execute("analyze")
            .await
            .expect("the server looks at what it has");
        connection
            .execute("set plan_cache_mode = force_custom_plan")
            .await
            .expect("a setting");
    }
    connection
}

/// What a database says of how it carries a statement out, a line a step.
async fn plan(
    connection: &mut AnyConnection,
    statement: &Statement,
    is_sqlite: bool,
) -> Vec<String> {
    let failed = |error: sqlx::Error| -> Vec<String> {
        panic!("{}: {}\n{error}", statement.file, statement.sql)
    };
    if is_sqlite {
        let sql = AssertSqlSafe(format!("explain query plan {}", statement.sql));
        let rows = sqlx::query(sql).fetch_all(connection).await;
        return rows.map_or_else(failed, |rows| {
            rows.iter().map(|row| row.get("detail")).collect()
        });
    }
    let values: Vec<String> = (1..)
        .take_while(|at| statement.sql.contains(&format!("${at}")))
        .map(|at| {
            let is_least = statement.sql.contains(&format!("> ${at}"));
            format!("'{}'", if is_least { LATE } else { "1" })
        })
        .collect();
    let values = if values.is_empty() {
        String::new()
    } else {
        format!("({})", values.join(", "))
    };
    let prepare = format!("deallocate all; prepare looked_at as {}", statement.sql);
    if let Err(error) = connection.execute(AssertSqlSafe(prepare)).await {
        return failed(error);
    }
    let explain = AssertSqlSafe(format!("explain execute looked_at{values}"));
    let lines = sqlx::raw_sql(explain).fetch_all(connection).await;
    lines.map_or_else(failed, |rows| rows.iter().map(|row| row.get(0)).collect())
}

/// The steps of a plan that read a table that grows from its beginning to its end.
fn whole_reads(plan: &[String], sql: &str, partial: &[String]) -> Vec<String> {
    let is_page = sql.contains(" limit ")
        && !plan
            .iter()
            .any(|line| line.contains("FOR ORDER BY") || line.contains("Sort"));
    let mut found = Vec::new();
    for (at, line) in plan.iter().enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let after = |word: &str| {
            let at = words.iter().position(|other| *other == word)?;
            words.get(at + 1).copied()
        };
        let is_search = plan
            .get(at + 1)
            .is_some_and(|next| next.contains("Index Cond"));
        let (table, index) = if line.contains("Seq Scan on") {
            (after("on"), None)
        } else if line.contains("Scan using") && !is_search {
            (after("on"), after("using"))
        } else if words.first() == Some(&"SCAN") {
            (after("SCAN"), after("INDEX"))
        } else {
            continue;
        };
        // What another step of the plan gives is no table; SQLite names that step after it.
        let is_step = |table: &str| {
            let made = [
                format!("CO-ROUTINE {table}"),
                format!("MATERIALIZE {table}"),
            ];
            table == "CONSTANT" || plan.iter().any(|line| made.contains(line))
        };
        let is_small = table.is_some_and(|table| SMALL.contains(&table) || is_step(table));
        let is_list =
            index.is_some_and(|index| is_page || partial.iter().any(|name| name == index));
        if !is_small && !is_list {
            found.push(line.clone());
        }
    }
    found
}

on_both_databases! {
    /// No statement reads a table that grows from its beginning to its end.
    async fn each_statement_has_its_index(database: Database) {
        let statements = all();
        assert!(statements.len() > 60, "only {} statements are found", statements.len());
        let mut connection = full(&database).await;
        let listed = if database.is_sqlite() {
            "select name from sqlite_master where type = 'index' and sql like '% where %'"
        } else {
            "select indexname::text as name from pg_indexes where indexdef like '% WHERE %'"
        };
        let partial: Vec<String> = sqlx::query_scalar(listed).fetch_all(&mut connection).await.expect("the indexes");
        let mut slow = Vec::new();
        for statement in &statements {
            let for_other = database.is_sqlite() && statement.sql.contains(" for no key update")
                || database.is_sqlite() && statement.sql.contains(" skip locked");
            if for_other || LET_BE.iter().any(|start| statement.sql.starts_with(start)) {
                continue;
            }
            let plan = plan(&mut connection, statement, database.is_sqlite()).await;
            if !whole_reads(&plan, &statement.sql, &partial).is_empty() {
                slow.push(format!("{}: {}\n  {}", statement.file, statement.sql, plan.join("\n  ")));
            }
        }
        assert!(slow.is_empty(), "{}", slow.join("\n"));
    }
}
